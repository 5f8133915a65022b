package io.millrace.reactive;

import reactor.core.CoreSubscriber;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Writes a body of any number of buffers, each as soon as it is there.
 */
final class StreamWriter extends BodyWriter<DataBuffer> {

	StreamWriter(ExchangeServerHttpResponse response, CoreSubscriber<? super Void> actual) {
		super(response, actual);
	}

	@Override
	public void onNext(DataBuffer buffer) {
		write(buffer);
		taken();
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
