package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.millrace.boot.autoconfigure.UnusedKey.Kind;
import io.millrace.core.EngineConfig;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Finds all keys that somebody has set and that do nothing: what is logged at start, and
 * what is looked for only when somebody asks.
 */
public final class UnusedKeys {

	private final Environment environment;

	private final ListableBeanFactory beanFactory;

	/**
	 * Create it.
	 * @param environment where the keys are
	 * @param beanFactory tells which keys others have under our prefix
	 */
	public UnusedKeys(Environment environment, ListableBeanFactory beanFactory) {
		this.environment = environment;
		this.beanFactory = beanFactory;
	}

	/**
	 * Find them.
	 * @param config what has come of the settings
	 * @param reactive whether the application's handlers run on the event loops
	 * @return the keys, each once for each reason
	 */
	public List<UnusedKey> find(EngineConfig config, boolean reactive) {
		List<UnusedKey> found = new ArrayList<>(new ForeignServerKeys(this.environment).find());
		new UnknownKeys(this.environment, this.beanFactory).find()
			.forEach(
					(key) -> found.add(new UnusedKey(key.toString(), Kind.UNKNOWN, null, UnknownKeys.suggestion(key))));
		found.addAll(new UnknownServerKeys(this.environment).find());
		found.addAll(new MisspeltPrefixes(this.environment).find());
		new SettingsWithoutEffect(this.environment, config, reactive).find()
			.forEach((finding) -> finding.keys()
				.forEach((key) -> found.add(new UnusedKey(key, Kind.WITHOUT_EFFECT, finding.reason(), null))));
		return found;
	}

}
