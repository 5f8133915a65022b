package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

import io.millrace.boot.NettyHoles;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the Netty that the application brings, and at how it is set.
 */
class NettyAdvisor implements Advisor {

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		advise(NettyHoles.warning(), ResourceLeakDetector.getLevel(), advice);
	}

	static void advise(@Nullable String hole, Level level, Consumer<Advice> advice) {
		if (hole != null) {
			int remedy = hole.lastIndexOf(" Remedy: ");
			advice.accept(Advice.info("netty-version", hole.substring(0, remedy),
					"Who finds such a server can have it run out of memory", hole.substring(remedy + 9)));
		}
		if (level.ordinal() >= Level.ADVANCED.ordinal()) {
			advice.accept(Advice.warning("leak-detection",
					"Netty looks for leaks at level " + SettingValues.of(level) + " (io.netty.leakDetection.level)",
					"It keeps a stack of every use of a buffer: that is for tests, and takes much of each request",
					"without that system property"));
		}
	}

}
