package io.millrace.reactive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import io.millrace.core.http.Exchange;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.support.Netty4HeadersAdapter;

/**
 * A view on the response of an {@link Exchange}: header fields go straight to the
 * engine's, so there is nothing to copy when the response is committed.
 */
final class ExchangeServerHttpResponse extends AbstractServerHttpResponse implements ZeroCopyHttpOutputMessage {

	private static final int FILE_BUFFER_SIZE = 16 * 1024;

	private final Exchange exchange;

	private boolean statusApplied;

	private volatile @Nullable BodyWriter<?> writer;

	ExchangeServerHttpResponse(Exchange exchange, NettyDataBufferFactory factory) {
		super(factory,
				new org.springframework.http.HttpHeaders(new Netty4HeadersAdapter(exchange.response().headers())));
		this.exchange = exchange;
	}

	Exchange exchange() {
		return this.exchange;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T getNativeResponse() {
		return (T) this.exchange;
	}

	@Override
	public HttpStatusCode getStatusCode() {
		HttpStatusCode status = super.getStatusCode();
		return (status != null) ? status : HttpStatusCode.valueOf(this.exchange.response().status());
	}

	@Override
	protected void applyStatusCode() {
		HttpStatusCode status = super.getStatusCode();
		if (status != null) {
			this.exchange.response().status(status.value());
		}
		this.statusApplied = true;
	}

	@Override
	protected void applyHeaders() {
		// They are there already.
	}

	@Override
	protected void applyCookies() {
		if (getCookies().isEmpty()) {
			return;
		}
		HttpHeaders headers = this.exchange.response().headers();
		for (List<ResponseCookie> cookies : getCookies().values()) {
			for (ResponseCookie cookie : cookies) {
				headers.add(HttpHeaderNames.SET_COOKIE, cookie.toString());
			}
		}
	}

	@Override
	protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
		if (body instanceof Mono) {
			return new Written((actual) -> body.subscribe(new SingleWriter(this.exchange, actual)));
		}
		return new Written((actual) -> body.subscribe(new StreamWriter(this, actual)));
	}

	@Override
	protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return new Written((actual) -> body.subscribe(new GroupWriter(this, actual)));
	}

	@Override
	public Mono<Void> writeWith(Path file, long position, long count) {
		if (file.getFileSystem() != FileSystems.getDefault() || this.exchange.connection().sslSession() != null) {
			return writeWith(read(file, position, count));
		}
		return Mono.defer(() -> {
			FileWriter region;
			try {
				// Before the response is committed, so that a failure can still be told.
				FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
				region = new FileWriter(this.exchange, channel, position, count);
			}
			catch (IOException ex) {
				return Mono.error(ex);
			}
			return doCommit(() -> region).doFinally((signal) -> region.giveUp());
		});
	}

	// No socket can send it by itself: it is inside another one, or has to be encrypted.
	private Flux<DataBuffer> read(Path file, long position, long count) {
		Flux<DataBuffer> bytes = DataBufferUtils.readByteChannel(
				() -> Files.newByteChannel(file, StandardOpenOption.READ).position(position), bufferFactory(),
				FILE_BUFFER_SIZE);
		return DataBufferUtils.takeUntilByteCount(bytes, count).subscribeOn(Schedulers.boundedElastic());
	}

	/**
	 * Set who writes the body, to be told when the exchange ends before it is whole.
	 * @param writer the writer
	 */
	void writer(BodyWriter<?> writer) {
		this.writer = writer;
		if (this.exchange.outcome() != null) {
			writer.abort();
		}
	}

	/**
	 * The exchange has ended: whoever writes the body need not go on.
	 */
	void abortWriter() {
		BodyWriter<?> current = this.writer;
		if (current != null) {
			current.abort();
		}
	}

	/**
	 * The application is done: end the response, where its body did not do so.
	 */
	void finish() {
		boolean switched = this.exchange.upgradedBody() != null;
		if (!switched && !this.exchange.responseBody().isEnded()) {
			// A plain HttpHandler may set a status and commit nothing.
			if (!this.statusApplied) {
				applyStatusCode();
			}
			this.exchange.responseBody().write(null, true);
		}
	}

	/** Complete when the body is written. */
	private static final class Written extends Mono<Void> {

		private final Write write;

		Written(Write write) {
			this.write = write;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Void> actual) {
			this.write.start(actual);
		}

	}

	private interface Write {

		void start(CoreSubscriber<? super Void> actual);

	}

}
