package io.millrace.core.worker;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.concurrent.Executor;

import io.millrace.core.worker.LoopUnavailableException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads that are run by a scheduler of our own, which is private API of the
 * JDK: {@code java.lang} has to be opened for it. All that knows of it is here.
 */
final class VirtualThreadSchedulers {

	/** From here on a virtual thread that waits for a monitor leaves its carrier. */
	private static final int OLDEST_JDK = 24;

	private static final @Nullable MethodHandle NEW_THREAD;

	private static final @Nullable Executor JDK;

	private static final @Nullable Throwable FAILURE;

	static {
		MethodHandle newThread = null;
		Executor jdk = null;
		Throwable failure = null;
		try {
			newThread = newThread();
			jdk = defaultScheduler();
		}
		catch (ReflectiveOperationException | InaccessibleObjectException | ClassCastException ex) {
			failure = ex;
		}
		NEW_THREAD = newThread;
		JDK = jdk;
		FAILURE = failure;
	}

	private VirtualThreadSchedulers() {
	}

	// Thread newVirtualThread(Executor scheduler, String name, int characteristics,
	// Runnable task)
	private static MethodHandle newThread() throws ReflectiveOperationException {
		Method method = Class.forName("java.lang.ThreadBuilders")
			.getDeclaredMethod("newVirtualThread", Executor.class, String.class, int.class, Runnable.class);
		method.setAccessible(true);
		Field noInherit = Thread.class.getDeclaredField("NO_INHERIT_THREAD_LOCALS");
		noInherit.setAccessible(true);
		return MethodHandles.insertArguments(MethodHandles.lookup().unreflect(method), 2, noInherit.getInt(null));
	}

	private static Executor defaultScheduler() throws ReflectiveOperationException {
		Method method = Class.forName("java.lang.VirtualThread").getDeclaredMethod("defaultScheduler");
		method.setAccessible(true);
		return (Executor) Objects.requireNonNull(method.invoke(null));
	}

	/**
	 * Check that all of this is to be had.
	 * @throws LoopUnavailableException where it is not
	 */
	static void check() {
		if (Runtime.version().feature() < OLDEST_JDK) {
			throw new LoopUnavailableException(Reason.JDK, null);
		}
		if (FAILURE != null) {
			throw new LoopUnavailableException(
					(FAILURE instanceof InaccessibleObjectException) ? Reason.ADD_OPENS : Reason.PRIVATE_API, FAILURE);
		}
		try {
			newThread(Runnable::run, "millrace-probe", () -> {
			});
		}
		catch (RuntimeException ex) {
			// A virtual machine that has no continuations.
			throw new LoopUnavailableException(Reason.PRIVATE_API, ex);
		}
		startPollers();
	}

	// The JDK starts virtual threads of its own when the first one waits for a socket,
	// and
	// they would keep the scheduler of that one, and all that it knows, for ever.
	private static void startPollers() {
		try {
			Class.forName("sun.nio.ch.Poller");
		}
		catch (ClassNotFoundException ex) {
			// It does so elsewhere. They run as well as others that inherit a scheduler.
		}
	}

	/**
	 * Make a virtual thread that inherits no thread-locals. Not to be called unless
	 * {@link #check()} has succeeded.
	 * @param scheduler is given the thread's continuation each time that it can go on,
	 * always the same object, and has to have it run by a platform thread; virtual
	 * threads that this one makes have the same scheduler
	 * @param name its name
	 * @param task what it does
	 * @return the thread, to be started by the caller
	 */
	static Thread newThread(Executor scheduler, String name, Runnable task) {
		try {
			return (Thread) Objects.requireNonNull(NEW_THREAD).invokeExact(scheduler, name, task);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The scheduler of all virtual threads that nobody has said anything about.
	 * @return the JDK's own
	 */
	static Executor jdk() {
		return Objects.requireNonNull(JDK);
	}

}
