package io.millrace.reactive;

import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Writes a body of any number of buffers, each as soon as it is there.
 */
final class StreamWriter extends BodyWriter<DataBuffer> {

	// Owned by the signals of the source, which come one after the other.
	private int outstanding;

	StreamWriter(ExchangeServerHttpResponse response, CoreSubscriber<? super Void> actual) {
		super(response, actual);
	}

	@Override
	void requestMore() {
		this.outstanding = BATCH;
		upstream().request(BATCH);
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
		finish();
	}

}
