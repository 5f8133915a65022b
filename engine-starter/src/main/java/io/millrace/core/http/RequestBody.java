package io.millrace.core.http;

import java.io.IOException;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, pulled by one consumer at a time, from any thread. What is not
 * pulled stays with the client: the engine keeps a few buffers and then reads no more.
 * What is never pulled is drained after the response, up to a limit, or the connection
 * closed.
 */
public interface RequestBody {

	/**
	 * Take what is here. Never blocks.
	 * @return bytes, to be released by the caller; {@code null} where there is nothing
	 * now, see {@link #isEnded()} and {@link #demand}
	 * @throws IOException where the body will never be whole: the client went away, sent
	 * something that is no body, too much of it, or nothing for too long (a
	 * {@link ProtocolException} in the last three, which the engine answers)
	 */
	@Nullable ByteBuf read() throws IOException;

	/**
	 * Whether everything has been read.
	 * @return {@code true} when {@link #read()} will return {@code null} from now on
	 */
	boolean isEnded();

	/**
	 * Ask to be told once when {@link #read()} has something new to say: bytes, the end
	 * or a failure. At most one may be waiting.
	 * @param available called by the event loop, or at once by the calling thread if
	 * there is something already; must not block
	 */
	void demand(Runnable available);

	/**
	 * The trailer fields.
	 * @return the fields, empty before the end and where there are none
	 */
	HttpHeaders trailers();

	/**
	 * How many bytes have come so far.
	 * @return the number of bytes, without chunk framing
	 */
	long received();

}
