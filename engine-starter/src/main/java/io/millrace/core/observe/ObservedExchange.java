package io.millrace.core.observe;

import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * One request and its response, as those see it who are told of its end. To be read
 * within the call only: afterwards it may say something else.
 */
public interface ObservedExchange {

	/** What {@link #mode()} says of a request that no handler has seen. */
	String UNHANDLED = "none";

	/**
	 * The connection.
	 * @return what names it in this process, the same for all its requests
	 */
	String connectionId();

	/**
	 * Who sent the request, with the forwarded headers of trusted proxies considered if
	 * the engine is told to.
	 * @return the address
	 */
	InetSocketAddress clientAddress();

	/**
	 * The other end of the connection.
	 * @return the address
	 */
	InetSocketAddress remoteAddress();

	/**
	 * The method.
	 * @return the method, {@code null} where what came was no request
	 */
	@Nullable String method();

	/**
	 * What the request asked for, as it was sent: with the query, not decoded.
	 * @return the target, {@code null} where what came was no request
	 */
	@Nullable String target();

	/**
	 * The version of the protocol.
	 * @return such as {@code HTTP/1.1}, {@code null} where what came was no request
	 */
	@Nullable String protocol();

	/**
	 * A field of the request.
	 * @param name the name, in any case
	 * @return the first value, {@code null} where there is none
	 */
	@Nullable String requestHeader(String name);

	/**
	 * A field of the response, as it was set. What the engine adds when it writes the
	 * head is not among them: {@code Date}, {@code Connection}, and how the content is
	 * delimited, unless the application has set a {@code Content-Length} itself.
	 * @param name the name, in any case
	 * @return the first value, {@code null} where there is none
	 */
	@Nullable String responseHeader(String name);

	/**
	 * The status.
	 * @return the status that was sent, 0 where none was
	 */
	int status();

	/**
	 * The body of the request.
	 * @return how many bytes of content came
	 */
	long requestBytes();

	/**
	 * The body of the response.
	 * @return how many bytes of content were handed to the socket
	 */
	long responseBytes();

	/**
	 * Whether the connection stays for further requests.
	 * @return {@code false} where the response has said that it is closed, or where it is
	 * because the response is not whole or the protocol was switched
	 */
	boolean kept();

	/**
	 * Why the engine has answered for the application.
	 * @return the reason as {@link EngineObserver#refused},
	 * {@link EngineObserver#timedOut} or {@link EngineObserver#protocolError} is told it,
	 * where it was both the deadline; {@code null} where it has not
	 */
	@Nullable String refusal();

	/**
	 * What ran the handler.
	 * @return pool, virtual, loop, inline, own (a pool of the application), or
	 * {@link #UNHANDLED}
	 */
	String mode();

	/**
	 * How urgent it was.
	 * @return high, normal or low
	 */
	String priority();

	/**
	 * When the head of the request was complete.
	 * @return nanoseconds as {@link System#nanoTime()} has them
	 */
	long arrivedNanos();

	/**
	 * How long the request waited from its head to its handler: for a worker, a permit,
	 * or what was missing of its body.
	 * @return nanoseconds; up to the end where no handler has seen it
	 */
	long waitNanos();

	/**
	 * How long it took from the start of the handler until the last byte of the response
	 * was handed to the socket, or it was given up.
	 * @return nanoseconds, 0 where no handler has seen it
	 */
	long serviceNanos();

}
