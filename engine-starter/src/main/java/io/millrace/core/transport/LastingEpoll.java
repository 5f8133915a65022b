package io.millrace.core.transport;

import io.millrace.core.http1.Http1Handler;
import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll, with registrations that outlast an empty interest. In Netty 4.2.17 and
 * 4.2.18 one that is interested in nothing is taken out of epoll but believes that it is
 * in there (netty#16689, {@code EpollIoHandler.DefaultEpollIoRegistration#submit}), and
 * every later change fails with ENOENT. That is where a connection gets when the client
 * has closed its side: its response would be cut as soon as it has to wait for the
 * socket.
 */
final class LastingEpoll implements IoHandler {

	private final IoHandler epoll;

	private LastingEpoll(IoHandler epoll) {
		this.epoll = epoll;
	}

	static IoHandlerFactory newFactory() {
		IoHandlerFactory factory = EpollIoHandler.newFactory();
		return new IoHandlerFactory() {

			@Override
			public IoHandler newHandler(ThreadAwareExecutor executor) {
				return new LastingEpoll(factory.newHandler(executor));
			}

			@Override
			public boolean isChangingThreadSupported() {
				return factory.isChangingThreadSupported();
			}

		};
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return new LastingRegistration(handle, this.epoll.register(handle));
	}

	@Override
	public void initialize() {
		this.epoll.initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
		return this.epoll.run(context);
	}

	@Override
	public void wakeup() {
		this.epoll.wakeup();
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return this.epoll.isCompatible(handleType);
	}

	@Override
	public void prepareToDestroy() {
		this.epoll.prepareToDestroy();
	}

	@Override
	public void destroy() {
		this.epoll.destroy();
	}

	/**
	 * Gives its registration back while there is nothing to wait for, and takes a new one
	 * when there is something again. Changed by the event loop only.
	 */
	private final class LastingRegistration implements IoRegistration {

		private final IoHandle handle;

		private volatile IoRegistration registration;

		private volatile boolean cancelled;

		LastingRegistration(IoHandle handle, IoRegistration registration) {
			this.handle = handle;
			this.registration = registration;
		}

		@Override
		public long submit(IoOps ops) {
			if (this.cancelled) {
				return -1;
			}
			if (((EpollIoOps) ops).value() == 0) {
				this.registration.cancel();
				return 0;
			}
			if (!this.registration.isValid()) {
				this.registration = registerAgain();
			}
			return this.registration.submit(ops);
		}

		private IoRegistration registerAgain() {
			try {
				return LastingEpoll.this.epoll.register(this.handle);
			}
			catch (Exception ex) {
				throw new IllegalStateException("A connection cannot be registered again", ex);
			}
		}

		@Override
		public <T> T attachment() {
			return this.registration.attachment();
		}

		@Override
		public boolean isValid() {
			return !this.cancelled;
		}

		// Netty closes the socket right after.
		@Override
		public boolean cancel() {
			if (this.handle instanceof Channel.Unsafe unsafe) {
				Http1Handler handler = unsafe.voidPromise().channel().pipeline().get(Http1Handler.class);
				if (handler != null) {
					handler.socketCloses();
				}
			}
			if (this.cancelled) {
				return false;
			}
			this.cancelled = true;
			this.registration.cancel();
			return true;
		}

	}

}
