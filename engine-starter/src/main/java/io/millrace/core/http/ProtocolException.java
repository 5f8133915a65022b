package io.millrace.core.http;

import java.io.IOException;
import java.util.Locale;

/**
 * A request that is refused by the engine, before or beside the application: the status,
 * a message that is safe to show to the client, and the kind for the counters. The
 * connection is always closed after the answer, because what follows on it cannot be
 * trusted (RFC 9112 §9.6, §11.2).
 * <p>
 * It is an {@link IOException} because a handler that is just reading the body meets it
 * as the reason why there is no more to read.
 */
public final class ProtocolException extends IOException {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final Kind kind;

	/**
	 * Create a refusal.
	 * @param kind what is wrong, for the counters
	 * @param status the status to answer, 400 to 599
	 * @param message a sentence for the client, without anything of the request in it
	 */
	public ProtocolException(Kind kind, int status, String message) {
		super(message);
		this.kind = kind;
		this.status = status;
	}

	/**
	 * Bad syntax: 400.
	 * @param message a sentence for the client, without anything of the request in it
	 * @return the refusal
	 */
	public static ProtocolException badRequest(String message) {
		return new ProtocolException(Kind.SYNTAX, 400, message);
	}

	/**
	 * The status that is answered.
	 * @return 400 to 599
	 */
	public int status() {
		return this.status;
	}

	/**
	 * The kind of refusal.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * The message that is safe to show.
	 * @return a sentence without anything of the request in it
	 */
	@Override
	public String getMessage() {
		String message = super.getMessage();
		return (message != null) ? message : "";
	}

	// A refusal is an answer, not a defect of the program: its stack is of no use and
	// would make bad requests dearer than good ones.
	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

	/**
	 * The kinds of refusal that are counted apart.
	 */
	public enum Kind {

		/** The request is not HTTP: 400. */
		SYNTAX,

		/** Length and coding of the body are ambiguous: 400 (RFC 9112 §6). */
		FRAMING,

		/** Request line, header or body are larger than allowed: 413, 414, 431. */
		LIMIT,

		/** A version or coding that is not implemented: 501, 505. */
		UNSUPPORTED,

		/** The request did not come in time: 408. */
		TIMEOUT,

		/**
		 * A client makes the server work without asking for anything: in HTTP/2 the
		 * connection ends with {@code ENHANCE_YOUR_CALM}.
		 */
		FLOOD,

		/** What follows a handshake is not WebSocket: closed with a code of RFC 6455. */
		WEBSOCKET;

		private final String id = name().toLowerCase(Locale.ROOT);

		/**
		 * The name as counters have it.
		 * @return the name in lower case
		 */
		public String id() {
			return this.id;
		}

	}

}
