package io.millrace.boot.autoconfigure.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.millrace.boot.autoconfigure.MillraceProperties;
import io.millrace.boot.autoconfigure.UnusedKeys;
import io.millrace.core.Engine;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationContext;

/**
 * Explains the settings of an application.
 */
public class Explainer {

	private static final Log logger = LogFactory.getLog(Explainer.class);

	private final ApplicationContext context;

	private final Settings settings;

	private final List<Advisor> advisors;

	/**
	 * Create an explainer.
	 * @param context the application
	 * @param properties our properties
	 * @param serverProperties those of Boot
	 * @param advisors who gives advice, besides those that come with the starter
	 */
	public Explainer(ApplicationContext context, MillraceProperties properties, ServerProperties serverProperties,
			List<Advisor> advisors) {
		this.context = context;
		this.settings = new Settings(properties, serverProperties);
		this.advisors = new ArrayList<>(Advisors.all());
		this.advisors.addAll(advisors);
	}

	/**
	 * Explain them.
	 * @param engine what has come of them
	 * @return all settings, and advice as things are now
	 */
	public Explanation explain(Engine engine) {
		boolean reactive = this.context instanceof ReactiveWebApplicationContext;
		Situation situation = new Situation(this.context.getEnvironment(), engine.config(), Running.of(engine),
				reactive, Machine.current(), this.context);
		List<Advice> advice = new ArrayList<>();
		this.advisors.forEach((advisor) -> advise(advisor, situation, advice));
		advice.sort(Comparator.comparing(Advice::severity));
		return new Explanation(
				this.settings.list(situation, engine,
						new UnusedKeys(this.context.getEnvironment(), this.context).find(engine.config(), reactive)),
				List.copyOf(advice));
	}

	// One that does not understand something keeps nobody from the others' advice.
	private static void advise(Advisor advisor, Situation situation, List<Advice> advice) {
		try {
			advisor.advise(situation, advice::add);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn(advisor.getClass().getName() + " has failed, and its advice is missing", ex);
		}
	}

}
