package io.millrace.core.observe;

/**
 * Where a thread was, for the log. Nobody throws it.
 */
public final class StackSnapshot extends Throwable {

	private static final long serialVersionUID = 1L;

	private StackSnapshot(String thread, StackTraceElement[] stack) {
		super("The stack of " + thread, null, false, true);
		setStackTrace(stack);
	}

	/**
	 * Look where a thread is.
	 * @param thread the thread
	 * @return its stack at this moment
	 */
	public static StackSnapshot of(Thread thread) {
		return new StackSnapshot(thread.getName(), thread.getStackTrace());
	}

}
