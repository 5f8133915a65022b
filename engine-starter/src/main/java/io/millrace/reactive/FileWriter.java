package io.millrace.reactive;

import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.Exchange.Outcome;
import io.millrace.core.http.FileRegions;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Writes a region of a file as the body of a response. Complete when the exchange is, so
 * that the application may then change the file. The file is closed by the engine, or by
 * {@link #giveUp()} if the engine never got it.
 */
final class FileWriter extends Mono<Void> implements Subscription, Consumer<Outcome> {

	private final Exchange exchange;

	private final FileChannel file;

	private final long position;

	private final long length;

	private final AtomicBoolean taken = new AtomicBoolean();

	private volatile boolean cancelled;

	private @Nullable CoreSubscriber<? super Void> actual;

	FileWriter(Exchange exchange, FileChannel file, long position, long length) {
		this.exchange = exchange;
		this.file = file;
		this.position = position;
		this.length = length;
	}

	@Override
	public void subscribe(CoreSubscriber<? super Void> actual) {
		this.actual = actual;
		actual.onSubscribe(this);
		if (this.taken.compareAndSet(false, true)) {
			try {
				this.exchange.responseBody().writeFile(this.file, this.position, this.length, true);
			}
			catch (RuntimeException ex) {
				actual.onError(ex);
				return;
			}
			this.exchange.onEnd(this);
		}
	}

	@Override
	public void accept(Outcome outcome) {
		CoreSubscriber<? super Void> actual = this.actual;
		if (this.cancelled || actual == null) {
			return;
		}
		if (outcome == Outcome.COMPLETED) {
			actual.onComplete();
		}
		else {
			actual.onError(new AbortedException(null));
		}
	}

	/**
	 * Close the file unless the engine has it.
	 */
	void giveUp() {
		if (this.taken.compareAndSet(false, true)) {
			FileRegions.close(this.file);
		}
	}

	@Override
	public void request(long n) {
		// There is nothing to come but the end.
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		giveUp();
	}

}
