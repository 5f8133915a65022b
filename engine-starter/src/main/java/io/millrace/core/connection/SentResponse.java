package io.millrace.core.connection;

/**
 * What is known of a response that was sent, or of the part of it that was.
 */
public interface SentResponse {

	/**
	 * Whether the head was written.
	 * @return whether there is no way back
	 */
	boolean isStarted();

	/**
	 * How much of the content was handed on, to be sent.
	 * @return bytes, without the framing of the protocol version
	 */
	long contentSent();

	/**
	 * Whether further requests may come on the connection.
	 * @return {@code false} where it ends with this response, or goes on with another
	 * protocol
	 */
	boolean isConnectionKept();

}
