package io.millrace.core.http1;

import java.nio.channels.FileChannel;

import io.millrace.core.connection.SocketInfo;
import io.millrace.core.http.ConnectionInfo;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeStream;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What the exchanges of an HTTP/1.1 connection ask of it. What they ask on the event loop
 * recalls the connection. It cannot be with a worker then: that one has written all that
 * there is of its exchange.
 */
final class Http1Stream implements ExchangeStream {

	private final Http1Connection connection;

	private final Channel channel;

	private final Loan loan;

	private final DirectResponse direct;

	private final SocketInfo info;

	// Of the event loop, whoever owns the connection.
	private boolean flushScheduled;

	Http1Stream(Http1Connection connection, Channel channel, Loan loan, DirectResponse direct) {
		this.connection = connection;
		this.channel = channel;
		this.loan = loan;
		this.direct = direct;
		this.info = new SocketInfo(channel);
	}

	@Override
	public EventExecutor executor() {
		return this.channel.eventLoop();
	}

	@Override
	public ByteBufAllocator allocator() {
		return this.channel.alloc();
	}

	@Override
	public SocketInfo connection() {
		return this.info;
	}

	@Override
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public void lend(Exchange exchange) {
		if (this.connection.isLendable(exchange)) {
			this.loan.lend();
		}
	}

	@Override
	public boolean respond(Exchange exchange, @Nullable ByteBuf data) {
		return this.direct.respond(exchange, data);
	}

	@Override
	public void write(Exchange exchange, @Nullable ByteBuf data, boolean last) {
		this.loan.whenBack(() -> this.connection.write(exchange, data, last));
	}

	@Override
	public void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last) {
		this.loan.whenBack(() -> this.connection.writeFile(exchange, file, position, length, last));
	}

	@Override
	public void flush() {
		// Whatever is lent has nothing to flush.
		if (this.loan.isHere()) {
			this.connection.flush();
		}
	}

	@Override
	public void flushSoon() {
		if (!this.flushScheduled && this.loan.isHere() && this.connection.needsFlush()) {
			this.flushScheduled = true;
			executor().execute(() -> {
				this.flushScheduled = false;
				flush();
			});
		}
	}

	@Override
	public void readBody(Exchange exchange) {
		this.loan.whenBack(() -> this.connection.readBody(exchange));
	}

	@Override
	public void limit(Exchange exchange, long nanos) {
		this.loan.whenBack(() -> this.connection.limit(exchange, nanos));
	}

	@Override
	public boolean isUpgradable(Exchange exchange) {
		return exchange.request().version() == ProtocolVersion.HTTP_1_1;
	}

	@Override
	public void refuse(Exchange exchange, ProtocolException refusal) {
		this.loan.whenBack(() -> this.connection.refuse(exchange, refusal));
	}

	@Override
	public void reset(Exchange exchange) {
		this.loan.whenBack(() -> this.connection.reset(exchange));
	}

}
