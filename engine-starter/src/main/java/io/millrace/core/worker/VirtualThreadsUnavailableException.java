package io.millrace.core.worker;

/**
 * Virtual threads were asked for on a JDK that has none.
 */
public final class VirtualThreadsUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	VirtualThreadsUnavailableException(Throwable cause) {
		super("Virtual threads need JDK 21 or later, and this is JDK " + Runtime.version().feature(), cause);
	}

}
