package io.millrace.reactive;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Writes a body that comes in groups, which the application wants to be sent as soon as
 * they are there: the engine does that with all that is written, so a group is nothing
 * but its buffers. Groups are written one after the other; those that come meanwhile wait
 * here.
 */
final class GroupWriter extends BodyWriter<Publisher<? extends DataBuffer>> {

	private final Queue<Publisher<? extends DataBuffer>> waiting = new ConcurrentLinkedQueue<>();

	// The group that is being written and those that wait. Who raises it from 0 or leaves
	// it above 0 starts the next.
	private final AtomicInteger groups = new AtomicInteger();

	private volatile boolean complete;

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
			super.requestMore();
		}
	}

	@Override
	public void onNext(Publisher<? extends DataBuffer> buffers) {
		this.waiting.add(buffers);
		if (this.groups.getAndIncrement() == 0) {
			startNext();
		}
		if (isEnded()) {
			discardWaiting();
		}
	}

	// As most groups are complete as soon as they are subscribed, this is a loop: each
	// would otherwise start the next from within.
	private void startNext() {
		Publisher<? extends DataBuffer> next;
		while ((next = this.waiting.poll()) != null) {
			Group started = new Group();
			this.group = started;
			next.subscribe(started);
			if (!started.isCompleteAlready() || !completeOne()) {
				return;
			}
		}
	}

	/** Returns whether there is another one to be started. */
	private boolean completeOne() {
		this.group = null;
		taken();
		if (this.groups.decrementAndGet() > 0) {
			return true;
		}
		if (this.complete) {
			finish();
		}
		return false;
	}

	@Override
	public void onError(Throwable failure) {
		fail(failure);
	}

	@Override
	public void onComplete() {
		this.complete = true;
		if (this.groups.get() == 0) {
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
		discardWaiting();
	}

	// A group that is subscribed after the end is cancelled at once, which tells it to
	// release what it has.
	private void discardWaiting() {
		Publisher<? extends DataBuffer> left;
		while ((left = this.waiting.poll()) != null) {
			left.subscribe(new Group());
		}
	}

	/** The buffers of one group. */
	private final class Group implements CoreSubscriber<DataBuffer> {

		// Set by its end or by the return from its subscription, whichever is first; the
		// second goes on with the next.
		private final AtomicBoolean decided = new AtomicBoolean();

		private volatile @Nullable Subscription subscription;

		// Owned by the signals of the group, which come one after the other; at 0 by the
		// event loop, as then there are none.
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

		boolean isCompleteAlready() {
			return this.decided.getAndSet(true);
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
			if (this.decided.getAndSet(true) && completeOne()) {
				startNext();
			}
		}

	}

}
