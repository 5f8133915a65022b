package io.millrace.core.http;

import java.nio.channels.FileChannel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What a protocol version supplies beneath an exchange. All methods but those that say
 * otherwise are called on {@link #executor()}, the event loop that owns the connection.
 */
public interface ExchangeStream {

	/**
	 * The event loop that owns the connection. Any thread may ask.
	 * @return the loop
	 */
	EventExecutor executor();

	/**
	 * The allocator of the connection. Any thread may ask and allocate.
	 * @return the allocator
	 */
	ByteBufAllocator allocator();

	/**
	 * The connection. Any thread may ask.
	 * @return what a handler may know of it
	 */
	ConnectionInfo connection();

	/**
	 * What names the exchange within its connection. Any thread may ask.
	 * @return the number of the stream in HTTP/2 and later, empty before
	 */
	default String requestId() {
		return "";
	}

	/**
	 * The exchange is about to be handed to a worker, which may {@link #respond}.
	 * @param exchange the exchange
	 */
	default void lend(Exchange exchange) {
	}

	/**
	 * Write the whole response now, on the calling thread. May be called by any thread
	 * but the loop, as the first and last write of the exchange.
	 * @param exchange the exchange, which nobody waits for the end of
	 * @param data the body, released by the stream if it wrote it, or {@code null} for
	 * none
	 * @return {@code false} if nothing happened: the loop has to write it
	 */
	default boolean respond(Exchange exchange, @Nullable ByteBuf data) {
		return false;
	}

	/**
	 * Write a part of the response, its head first if this is the first part.
	 * @param exchange the exchange
	 * @param data bytes of the body, released by the stream, or {@code null} for none
	 * @param last whether the response ends here
	 */
	void write(Exchange exchange, @Nullable ByteBuf data, boolean last);

	/**
	 * Write a region of a file, its head first if this is the first part.
	 * @param exchange the exchange
	 * @param file the file, closed by the stream when the region is sent or given up
	 * @param position where the region starts
	 * @param length its length in bytes
	 * @param last whether the response ends here
	 */
	void writeFile(Exchange exchange, FileChannel file, long position, long length, boolean last);

	/**
	 * Send what was written so far. The end of a response need not be flushed.
	 */
	void flush();

	/**
	 * Send what was written so far at the end of the loop's current turn, so that many
	 * small parts leave together.
	 */
	void flushSoon();

	/**
	 * Whether the peer takes what is written: {@code false} above the high watermark,
	 * until it falls under the low one. Any thread may ask.
	 * @return whether more should be written
	 */
	boolean isWritable();

	/**
	 * Read on: the body has room again, or is wanted for the first time (which sends the
	 * {@code 100 (Continue)} that the client may be waiting for).
	 * @param exchange the exchange
	 */
	void readBody(Exchange exchange);

	/**
	 * Have {@link Dispatcher#expired} called if the exchange has not ended by then. A
	 * stream without timers need not.
	 * @param exchange the exchange
	 * @param nanos from now
	 */
	default void limit(Exchange exchange, long nanos) {
	}

	/**
	 * Whether the protocol can be switched by the response: see {@link Exchange#upgrade}.
	 * Any thread may ask.
	 * @param exchange the exchange
	 * @return {@code false} unless this protocol version has a way to do so
	 */
	default boolean isUpgradable(Exchange exchange) {
		return false;
	}

	/**
	 * Answer for the application and close the connection.
	 * @param exchange the exchange, which was {@linkplain Exchange#takeOver() taken over}
	 * @param refusal what to answer
	 */
	void refuse(Exchange exchange, ProtocolException refusal);

	/**
	 * End the response by force, so that the client sees that it is not whole.
	 * @param exchange the exchange
	 */
	void reset(Exchange exchange);

}
