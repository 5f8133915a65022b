package io.millrace.reactive;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLSession;

import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ConnectionInfo;
import io.millrace.core.http.DirectOrigins;
import io.millrace.core.http.ErrorResponder;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.FileRegions;
import io.millrace.core.http.HttpServices;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.RequestTarget;
import io.millrace.core.worker.WorkerPool;
import io.millrace.core.worker.WorkerSnapshot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * A stream that keeps what is written, for tests that steer every turn of the loop.
 */
final class FakeStream implements ExchangeStream, ConnectionInfo {

	final ManualExecutor executor = new ManualExecutor();

	final List<String> writes = new ArrayList<>();

	boolean writable = true;

	boolean ended;

	boolean cut;

	ProtocolException refusal;

	int status;

	HttpHeaders headers;

	int reads;

	Exchange exchange;

	/** A request without a body. */
	Exchange get(String target) throws ProtocolException {
		return request("GET", target, BodyFraming.NONE, new DefaultHttpHeaders().set("Host", "example.com:8080"));
	}

	/** A request whose body comes by {@link #receive}. */
	Exchange post(String target) throws ProtocolException {
		return request("POST", target, BodyFraming.CHUNKED, new DefaultHttpHeaders().set("Host", "example.com:8080"));
	}

	Exchange request(String method, String target, BodyFraming framing, HttpHeaders headers) throws ProtocolException {
		RequestHead head = new RequestHead(method, RequestTarget.parse(method, target), ProtocolVersion.HTTP_1_1,
				headers, framing);
		this.exchange = new Exchange(this, head,
				new HttpServices(DirectOrigins.INSTANCE, new NoWorkers(), new ErrorResponder()));
		return this.exchange;
	}

	/** Have a handler answer the request, as the dispatcher does. */
	void dispatch(ExchangeHandler handler) {
		try {
			handler.handle(this.exchange);
		}
		catch (Exception ex) {
			this.exchange.fail(ex);
		}
	}

	/** Returns whether the stream may go on reading. */
	boolean receive(String text) {
		return this.exchange.receivedBody().offer(buffer(text));
	}

	void receiveEnd() {
		this.exchange.receivedBody().end(EmptyHttpHeaders.INSTANCE);
	}

	/** The client goes away. */
	void disconnect() {
		this.exchange.abort(new IOException("Connection reset by peer"));
	}

	/** The client takes more again. */
	void becomeWritable() {
		this.writable = true;
		this.exchange.responseBody().tellWritable();
	}

	ByteBuf buffer(String text) {
		return allocator().buffer().writeBytes(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
	}

	String body() {
		return String.join("", this.writes);
	}

	@Override
	public void write(Exchange exchange, ByteBuf data, boolean last) {
		commit(exchange);
		if (data != null) {
			this.writes.add(data.toString(StandardCharsets.UTF_8));
			data.release();
		}
		end(exchange, last);
	}

	@Override
	public void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last) {
		commit(exchange);
		ByteBuffer bytes = ByteBuffer.allocate((int) length);
		try {
			while (bytes.hasRemaining()) {
				if (file.read(bytes, position + bytes.position()) < 0) {
					throw new AssertionError("The file is shorter than its region");
				}
			}
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		finally {
			FileRegions.close(file);
		}
		this.writes.add(new String(bytes.array(), StandardCharsets.UTF_8));
		end(exchange, last);
	}

	private void commit(Exchange exchange) {
		if (this.headers == null) {
			this.status = exchange.sentHead().status();
			this.headers = exchange.sentHead().headers().copy();
		}
	}

	private void end(Exchange exchange, boolean last) {
		if (last) {
			this.ended = true;
			exchange.complete();
		}
	}

	@Override
	public void refuse(Exchange exchange, ProtocolException refusal) {
		this.refusal = refusal;
		exchange.complete();
	}

	@Override
	public void reset(Exchange exchange) {
		this.cut = true;
		exchange.abort(new IOException("The response was cut"));
	}

	@Override
	public void flush() {
	}

	@Override
	public void flushSoon() {
	}

	@Override
	public boolean isWritable() {
		return this.writable;
	}

	@Override
	public void readBody(Exchange exchange) {
		this.reads++;
	}

	@Override
	public ManualExecutor executor() {
		return this.executor;
	}

	@Override
	public ByteBufAllocator allocator() {
		// As channels have it.
		return ByteBufAllocator.DEFAULT;
	}

	@Override
	public ConnectionInfo connection() {
		return this;
	}

	@Override
	public String id() {
		return "c0ffee";
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return new InetSocketAddress("127.0.0.1", 50000);
	}

	@Override
	public InetSocketAddress localAddress() {
		return new InetSocketAddress("127.0.0.1", 8080);
	}

	@Override
	public SSLSession sslSession() {
		return null;
	}

	/** A reactive application has no use for workers. */
	private static final class NoWorkers implements WorkerPool {

		@Override
		public boolean tryExecute(Runnable task) {
			throw new AssertionError("A worker was asked for");
		}

		@Override
		public void resume(Runnable task) {
			throw new AssertionError("A worker was asked for");
		}

		@Override
		public WorkerSnapshot snapshot() {
			throw new AssertionError("A worker was asked for");
		}

		@Override
		public void stop(Duration patience) {
		}

	}

}
