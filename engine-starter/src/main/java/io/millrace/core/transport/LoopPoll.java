package io.millrace.core.transport;

import java.util.Objects;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What polls the sockets of one {@link CarryingEventLoop}, woken only where it waits:
 * handlers bring work to a loop that has given way to them, and would wake it by a system
 * call each time.
 */
final class LoopPoll implements IoHandler, IoHandlerFactory {

	private final IoHandlerFactory factory;

	private @Nullable IoHandler handler;

	private volatile State state = State.NEW;

	// Guarded by this.
	private @Nullable Runnable start;

	LoopPoll(IoHandlerFactory factory) {
		this.factory = factory;
	}

	/**
	 * Set what starts the loop's thread.
	 * @param start called once, when the loop is first woken
	 */
	synchronized void startWith(Runnable start) {
		this.start = start;
	}

	@Override
	public IoHandler newHandler(ThreadAwareExecutor executor) {
		this.handler = this.factory.newHandler(executor);
		return this;
	}

	@Override
	public boolean isChangingThreadSupported() {
		return this.factory.isChangingThreadSupported();
	}

	private IoHandler handler() {
		return Objects.requireNonNull(this.handler);
	}

	/** The loop is going to wait for its sockets, unless it finds something to do. */
	void sleep() {
		this.state = State.ASLEEP;
	}

	/** The loop has waited. */
	void awake() {
		this.state = State.AWAKE;
	}

	// Whoever calls has queued something before, and the loop looks after it has said
	// that it sleeps.
	@Override
	public void wakeup() {
		State now = this.state;
		if (now == State.ASLEEP) {
			handler().wakeup();
		}
		else if (now == State.NEW) {
			start();
		}
	}

	private void start() {
		Runnable first;
		synchronized (this) {
			first = this.start;
			this.start = null;
			if (first != null) {
				this.state = State.AWAKE;
			}
		}
		if (first != null) {
			first.run();
		}
	}

	@Override
	public void initialize() {
		handler().initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
		return handler().run(context);
	}

	@Override
	public void prepareToDestroy() {
		handler().prepareToDestroy();
	}

	@Override
	public void destroy() {
		handler().destroy();
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return handler().register(handle);
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return handler().isCompatible(handleType);
	}

	private enum State {

		/** Its thread was not started. */
		NEW,

		AWAKE,

		/** Waiting for sockets, or about to. */
		ASLEEP

	}

}
