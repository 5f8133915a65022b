package io.millrace.boot.autoconfigure.explain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.millrace.boot.autoconfigure.ConfiguredKeys;
import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.autoconfigure.UnusedKey;
import io.millrace.core.Engine;
import io.millrace.core.EngineChange;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;

/**
 * Lists all settings of the engine: of ours each, of Boot's those that matter and those
 * that somebody has set.
 */
class Settings {

	private static final Pattern SECRET = Pattern
		.compile("passw|pwd|secret|token|credential|private|key-store|api-?key");

	private final MillraceProperties properties;

	private final ServerProperties serverProperties;

	Settings(MillraceProperties properties, ServerProperties serverProperties) {
		this.properties = properties;
		this.serverProperties = serverProperties;
	}

	/**
	 * List them.
	 * @param situation where
	 * @param engine the engine
	 * @param unused the keys that do nothing
	 * @return one of each name
	 */
	List<Setting> list(Situation situation, Engine engine, List<UnusedKey> unused) {
		SettingOrigins origins = new SettingOrigins(situation.environment());
		Map<String, Setting> settings = new LinkedHashMap<>();
		DeclaredSettings.of("millrace", this.properties).forEach((name, value) -> {
			if (value instanceof Collection<?>) {
				list(name, situation, origins, settings);
			}
			settings.putIfAbsent(name, declared(name, value, origins, engine));
		});
		// What stands for a list is its elements.
		settings.values().removeIf((setting) -> setting.value() == null || setting.value().equals(""));
		addServer(situation, origins, engine, settings);
		addBoot(situation, origins, settings);
		unused.forEach((key) -> settings.compute(key.key(),
				(name, setting) -> unused(key, setting, origins).ignored(reason(key))));
		return List.copyOf(settings.values());
	}

	private static void list(String name, Situation situation, SettingOrigins origins, Map<String, Setting> settings) {
		ConfiguredKeys.under(situation.environment(), name)
			.forEach((element) -> settings.put(element, found(element, origins)));
		if (settings.keySet().stream().anyMatch((element) -> element.startsWith(name + "["))) {
			settings.put(name, new Setting(name, null, null, Setting.DEFAULT, null, null, true));
		}
	}

	private static Setting declared(String name, @Nullable Object value, SettingOrigins origins, Engine engine) {
		EngineChange change = RunTimeOrigin.of(name, engine);
		if (change != null) {
			return new Setting(name, Integer.valueOf(change.to()), null, RunTimeOrigin.describe(change), null, null,
					true);
		}
		Object plain = SettingValues.of(value);
		Object inForce = EffectiveSettings.of(name, engine);
		Object effective = (inForce == null || inForce.equals(plain)) ? null : inForce;
		ConfigurationProperty property = origins.find(ConfigurationPropertyName.of(name));
		if (property == null) {
			return new Setting(name, (plain != null) ? plain : effective, effective, Setting.DEFAULT, null, null, true);
		}
		boolean overruled = effective != null && !"auto".equals(plain) && !Integer.valueOf(0).equals(plain);
		return new Setting(name, plain, effective, SettingOrigins.describe(property), SettingOrigins.source(property),
				overruled ? "an EngineCustomizer has made it " + effective : null, isHarmless(name));
	}

	// Nobody knows what is in a key that nobody knows.
	private static Setting unused(UnusedKey key, @Nullable Setting listed, SettingOrigins origins) {
		boolean known = key.kind() != UnusedKey.Kind.UNKNOWN;
		if (listed != null && known) {
			return listed;
		}
		Setting found = found(key.key(), origins);
		boolean harmless = known && found.harmless();
		return new Setting(found.name(), found.value(), null, found.origin(), found.source(), null, harmless);
	}

	private static Setting found(String name, SettingOrigins origins) {
		ConfigurationProperty property = origins.find(ConfigurationPropertyName.isValid(name)
				? ConfigurationPropertyName.of(name) : ConfigurationPropertyName.adapt(name, '.'));
		if (property == null) {
			return new Setting(name, null, null, Setting.DEFAULT, null, null, false);
		}
		Object value = SettingValues.of(SettingOrigins.value(property));
		return new Setting(name, value, null, SettingOrigins.describe(property), SettingOrigins.source(property), null,
				isHarmless(name));
	}

	private void addServer(Situation situation, SettingOrigins origins, Engine engine, Map<String, Setting> settings) {
		Map<String, @Nullable Object> declared = DeclaredSettings.of("server", this.serverProperties);
		TreeSet<String> names = new TreeSet<>(ServerSettings.always(situation.reactive()));
		names.addAll(ConfiguredKeys.under(situation.environment(), "server"));
		for (String name : names) {
			Setting setting = declared.containsKey(name) ? declared(name, declared.get(name), origins, engine)
					: found(name, origins);
			String ignored = ServerSettings.ignored(name, situation);
			settings.put(name, (ignored != null && setting.source() != null) ? setting.ignored(ignored) : setting);
		}
	}

	private static void addBoot(Situation situation, SettingOrigins origins, Map<String, Setting> settings) {
		Map<String, Object> defaults = new LinkedHashMap<>();
		defaults.put("spring.threads.virtual.enabled", false);
		defaults.put("spring.lifecycle.timeout-per-shutdown-phase", "30s");
		if (!situation.reactive()) {
			defaults.put("spring.servlet.multipart.max-request-size", "10MB");
		}
		defaults.forEach((name, value) -> {
			ConfigurationProperty property = origins.find(ConfigurationPropertyName.of(name));
			settings.put(name, (property != null) ? harmless(found(name, origins))
					: new Setting(name, value, null, Setting.DEFAULT, null, null, true));
		});
		boolean virtual = situation.environment().getProperty("spring.threads.virtual.enabled", Boolean.class, false);
		String ignored = virtual ? ServerSettings.ignoredVirtual(situation) : null;
		if (ignored != null) {
			settings.computeIfPresent("spring.threads.virtual.enabled", (name, setting) -> setting.ignored(ignored));
		}
	}

	private static Setting harmless(Setting setting) {
		return new Setting(setting.name(), setting.value(), setting.effective(), setting.origin(), setting.source(),
				setting.ignored(), true);
	}

	private static boolean isHarmless(String name) {
		return !SECRET.matcher(name).find() && (name.startsWith("millrace.") || ServerSettings.isHarmless(name));
	}

	private static String reason(UnusedKey key) {
		String instead = (key.instead() != null) ? "; use " + key.instead() : "";
		return switch (key.kind()) {
			case FOREIGN -> "it is of another server, and Millrace serves this application" + instead;
			case UNKNOWN -> "there is no such key" + instead;
			case WITHOUT_EFFECT -> String.valueOf(key.reason());
		};
	}

}
