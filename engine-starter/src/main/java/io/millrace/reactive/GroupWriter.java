package io.millrace.reactive;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Writes a body that comes in groups, which the application wants to be sent as soon as
 * they are there: the engine does that with all that is written, so a group is nothing
 * but its buffers. One group is asked for at a time.
 */
final class GroupWriter extends BodyWriter<Publisher<? extends DataBuffer>> {

	// The body itself and the group at hand, which may end on different threads.
	private final AtomicInteger open = new AtomicInteger(1);

	private volatile @Nullable Group group;

	GroupWriter(ExchangeServerHttpResponse response, CoreSubscriber<? super Void> actual) {
		super(response, actual);
	}

	@Override
	void requestMore() {
		Group current = this.group;
		if (current != null) {
			current.requestMore();
		}
		else {
			upstream().request(1);
		}
	}

	@Override
	public void onNext(Publisher<? extends DataBuffer> buffers) {
		this.open.incrementAndGet();
		Group next = new Group();
		this.group = next;
		buffers.subscribe(next);
	}

	@Override
	public void onError(Throwable failure) {
		fail(failure);
	}

	@Override
	public void onComplete() {
		if (this.open.decrementAndGet() == 0) {
			finish();
		}
	}

	@Override
	void cancelSource() {
		super.cancelSource();
		Group current = this.group;
		if (current != null) {
			current.cancel();
		}
	}

	private void groupComplete() {
		this.group = null;
		if (this.open.decrementAndGet() == 0) {
			finish();
		}
		else if (!isEnded()) {
			proceed();
		}
	}

	/** One group. After the end of the writer it is subscribed and cancelled at once. */
	private final class Group implements CoreSubscriber<DataBuffer> {

		private volatile @Nullable Subscription subscription;

		// Owned by the signals of the group, which come one after the other.
		private int outstanding;

		@Override
		public Context currentContext() {
			return GroupWriter.this.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (Operators.validate(this.subscription, subscription)) {
				this.subscription = subscription;
				if (isEnded()) {
					subscription.cancel();
				}
				else {
					requestMore();
				}
			}
		}

		void requestMore() {
			Subscription subscription = this.subscription;
			if (subscription != null) {
				this.outstanding = BATCH;
				subscription.request(BATCH);
			}
		}

		void cancel() {
			Subscription subscription = this.subscription;
			if (subscription != null) {
				subscription.cancel();
			}
		}

		@Override
		public void onNext(DataBuffer buffer) {
			if (isEnded()) {
				DataBufferUtils.release(buffer);
				return;
			}
			write(buffer);
			this.outstanding--;
			if (this.outstanding == 0 && !isEnded()) {
				proceed();
			}
		}

		@Override
		public void onError(Throwable failure) {
			fail(failure);
		}

		@Override
		public void onComplete() {
			groupComplete();
		}

	}

}
