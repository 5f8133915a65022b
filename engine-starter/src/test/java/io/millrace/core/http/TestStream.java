package io.millrace.core.http;

import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLSession;

import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPools;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A stream that writes down what is asked of it.
 */
final class TestStream implements ExchangeStream, ConnectionInfo {

	final List<String> calls = new ArrayList<>();

	final EventExecutor executor;

	volatile boolean writable = true;

	@Nullable RuntimeException failure;

	TestStream(EventExecutor executor) {
		this.executor = executor;
	}

	Exchange exchange(BodyFraming framing) {
		HttpServices services = new HttpServices(DirectOrigins.INSTANCE,
				WorkerPools.create(new WorkerOptions(WorkerMode.INLINE, 1, 0, Duration.ofSeconds(1), 1, 1)),
				new ErrorResponder());
		return new Exchange(this, request("GET", "/path", framing), services);
	}

	static RequestHead request(String method, String path, BodyFraming framing) {
		return new RequestHead(method, new RequestTarget(RequestTarget.Form.ORIGIN, null, path, null),
				ProtocolVersion.HTTP_1_1, new DefaultHttpHeaders(), framing);
	}

	@Override
	public EventExecutor executor() {
		return this.executor;
	}

	@Override
	public ByteBufAllocator allocator() {
		return UnpooledByteBufAllocator.DEFAULT;
	}

	@Override
	public ConnectionInfo connection() {
		return this;
	}

	@Override
	public void write(Exchange exchange, @Nullable ByteBuf data, boolean last) {
		if (this.failure != null) {
			throw this.failure;
		}
		String text = "";
		if (data != null) {
			text = " " + data.toString(StandardCharsets.US_ASCII);
			data.release();
		}
		this.calls.add("write " + exchange.sentHead().status() + text + (last ? " last" : ""));
		if (last) {
			exchange.complete();
		}
	}

	@Override
	public void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last) {
		FileRegions.close(file);
		this.calls.add("file " + position + " " + length);
	}

	@Override
	public void flush() {
		this.calls.add("flush");
	}

	@Override
	public void flushSoon() {
		this.calls.add("flushSoon");
	}

	@Override
	public boolean isWritable() {
		return this.writable;
	}

	@Override
	public void readBody(Exchange exchange) {
		this.calls.add("readBody");
	}

	@Override
	public void limit(Exchange exchange, long nanos) {
		this.calls.add("limit " + nanos);
	}

	@Override
	public void refuse(Exchange exchange, ProtocolException refusal) {
		this.calls.add("refuse " + refusal.status());
		exchange.complete();
	}

	@Override
	public void reset(Exchange exchange) {
		this.calls.add("reset");
		exchange.abort(new java.io.IOException("reset"));
	}

	@Override
	public String id() {
		return "test";
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return InetSocketAddress.createUnresolved("client", 1234);
	}

	@Override
	public InetSocketAddress localAddress() {
		return new InetSocketAddress("127.0.0.1", 8080);
	}

	@Override
	public @Nullable SSLSession sslSession() {
		return null;
	}

}
