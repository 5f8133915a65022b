package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether more is logged than a server has time for.
 */
class LoggingAdvisor implements Advisor {

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		advise(LoggerFactory.getLogger("io.netty"), LoggerFactory.getLogger("org.springframework.web"), advice);
	}

	static void advise(Logger netty, Logger web, Consumer<Advice> advice) {
		Logger talkative = netty.isDebugEnabled() ? netty : web;
		if (talkative.isDebugEnabled()) {
			advice.accept(Advice.warning("logging",
					"the level of " + talkative.getName() + " is " + (talkative.isTraceEnabled() ? "trace" : "debug"),
					"Several lines are written for each request, which costs more than to answer it",
					"logging.level." + talkative.getName() + "=info, or logging.level.root=info"));
		}
	}

}
