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
	 * {@code Thread.ofVirtual().name(prefix, 0).factory()}.
	 * @param prefix of the threads' names
	 * @return the factory
	 */
	static ThreadFactory factory(String prefix) {
		try {
			Class<?> builderType = Class.forName("java.lang.Thread$Builder$OfVirtual");
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			Method name = builderType.getMethod("name", String.class, long.class);
			return (ThreadFactory) builderType.getMethod("factory").invoke(name.invoke(builder, prefix, 0L));
		}
		catch (ReflectiveOperationException ex) {
			throw new VirtualThreadsUnavailableException(ex);
		}
	}

}
