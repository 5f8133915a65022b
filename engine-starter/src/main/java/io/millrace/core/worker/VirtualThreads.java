package io.millrace.core.worker;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;

/**
 * Virtual threads from Java 17 bytecode.
 */
final class VirtualThreads {

	private VirtualThreads() {
	}

	/**
	 * {@code Thread.ofVirtual().name(prefix, 0).inheritInheritableThreadLocals(false)
	 * .factory()}: whose thread happens to start a task is no business of the task.
	 * @param prefix of the threads' names
	 * @return the factory
	 */
	static ThreadFactory factory(String prefix) {
		try {
			Class<?> builderType = Class.forName("java.lang.Thread$Builder$OfVirtual");
			Method name = builderType.getMethod("name", String.class, long.class);
			Method inherit = builderType.getMethod("inheritInheritableThreadLocals", boolean.class);
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			builder = inherit.invoke(name.invoke(builder, prefix, 0L), false);
			return (ThreadFactory) builderType.getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new VirtualThreadsUnavailableException(ex);
		}
	}

}
