package io.millrace.core.http1;

import io.millrace.core.connection.ConnectionCounts;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Responses that a worker writes to the socket itself: small ones that come in one part.
 * That saves the hop to the event loop, which costs more than the rest of a small
 * request. Where anything is left to do afterwards, the loop does it.
 */
final class DirectResponse {

	private final Http1Connection connection;

	private final @Nullable DirectSocket socket;

	private final ResponseWriter writer;

	private final Sender sender;

	private final ConnectionCounts counts;

	private final Loan loan;

	/**
	 * Create what a connection needs to be written to by workers.
	 * @param connection the connection
	 * @param socket its socket, {@code null} where only the event loop may write
	 * @param writer encodes its responses
	 * @param sender sends what the event loop writes
	 * @param counts what the connection has carried
	 * @param loan says who owns all of these
	 */
	DirectResponse(Http1Connection connection, @Nullable DirectSocket socket, ResponseWriter writer, Sender sender,
			ConnectionCounts counts, Loan loan) {
		this.connection = connection;
		this.socket = socket;
		this.writer = writer;
		this.sender = sender;
		this.counts = counts;
		this.loan = loan;
	}

	// What the kernel does not take is counted when it is sent by the event loop.
	private boolean send(DirectSocket out, ByteBuf response) {
		int size = response.readableBytes();
		boolean whole = out.send(response);
		this.counts.sent(size - response.readableBytes());
		return whole;
	}

	/**
	 * Whether a worker may write to the socket now.
	 * @return {@code false} where it cannot, or something else has to be sent first
	 */
	boolean isPossible() {
		return this.socket != null && this.sender.isIdle();
	}

	/**
	 * Answer, if the connection is lent. Called by a worker.
	 * @param exchange the exchange
	 * @param data the body, released here if the response was written
	 * @return {@code false} if nothing happened, and the event loop has to answer
	 */
	boolean respond(Exchange exchange, @Nullable ByteBuf data) {
		DirectSocket out = this.socket;
		if (out == null || !isSimple(exchange.response(), data) || !this.loan.claim()) {
			return false;
		}
		if (!this.connection.isKept(exchange)) {
			this.loan.giveBack();
			return false;
		}
		Runnable left;
		try {
			left = write(out, exchange, data);
		}
		catch (Throwable ex) {
			// A buffer that was released already, for example.
			left = () -> this.connection.failed(ex);
		}
		if (left != null) {
			this.loan.giveBack(left);
		}
		else {
			this.loan.giveBack();
		}
		return true;
	}

	// The client may send its next request before this method ends. It waits in the loan:
	// two workers must not write at once. Returns what is left to the loop.
	private @Nullable Runnable write(DirectSocket out, Exchange exchange, @Nullable ByteBuf data) {
		ByteBuf response = this.writer.whole(exchange, data, true);
		if (!this.writer.isKeepAlive()) {
			return () -> {
				this.sender.write(response);
				this.connection.responseEnded();
			};
		}
		this.connection.answered(exchange);
		if (send(out, response)) {
			response.release();
			return null;
		}
		return () -> {
			this.sender.write(response);
			this.connection.flush();
		};
	}

	/**
	 * Send a whole response now, past Netty's pipeline and queue, which are for what has
	 * to wait. Called by the event loop, before anything of the response was written.
	 * @param exchange the exchange
	 * @param data the body, released here if the response was written
	 * @param mayKeepAlive whether the connection may be kept
	 * @return {@code false} if nothing happened
	 */
	boolean send(Exchange exchange, @Nullable ByteBuf data, boolean mayKeepAlive) {
		DirectSocket out = this.socket;
		if (out == null || !this.sender.isIdle() || !isSimple(exchange.sentHead(), data)) {
			return false;
		}
		ByteBuf response = this.writer.whole(exchange, data, mayKeepAlive);
		if (send(out, response)) {
			response.release();
		}
		else {
			this.sender.write(response);
		}
		return true;
	}

	private static boolean isSimple(ResponseHead head, @Nullable ByteBuf data) {
		boolean small = data == null || data.readableBytes() <= ResponseWriter.COPY_LIMIT;
		return small && head.trailers() == null && !head.isSwitching();
	}

}
