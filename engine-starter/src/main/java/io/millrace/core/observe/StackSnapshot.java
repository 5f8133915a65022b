package io.millrace.core.observe;

import java.util.List;

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
	 * Say where a thread was.
	 * @param thread the name of the thread
	 * @param stack its stack
	 * @return its stack at that moment
	 */
	public static StackSnapshot of(String thread, List<StackTraceElement> stack) {
		return new StackSnapshot(thread, stack.toArray(StackTraceElement[]::new));
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
