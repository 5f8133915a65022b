package io.millrace.core.http;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * The head of a request: what stands before the body. Immutable but for the headers,
 * which nobody changes after parsing; may be read from any thread.
 *
 * @param method the method, case-sensitive (RFC 9110 §9.1)
 * @param target the request target (RFC 9112 §3.2)
 * @param version the protocol version
 * @param headers the header fields as received, names case-insensitive
 * @param framing how the body is delimited (RFC 9112 §6)
 */
public record RequestHead(String method, RequestTarget target, ProtocolVersion version, HttpHeaders headers,
		BodyFraming framing) {

	/** Stands for the head of a request that was never understood. */
	public static final RequestHead UNKNOWN = unknown("");

	/** The same of a request of which only the method HEAD was understood. */
	public static final RequestHead UNKNOWN_HEAD = unknown("HEAD");

	/**
	 * Whether the client waits for {@code 100 (Continue)} before it sends the body (RFC
	 * 9110 §10.1.1).
	 * @return whether it waits
	 */
	public boolean expectsContinue() {
		return this.version != ProtocolVersion.HTTP_1_0 && this.framing.hasBody()
				&& this.headers.containsValue("Expect", "100-continue", true);
	}

	/**
	 * Whether this stands for a head that was never understood.
	 * @return whether method and target are not the client's
	 */
	// A head that says the same may be real.
	@SuppressWarnings("ReferenceEquality")
	public boolean isUnknown() {
		return this == UNKNOWN || this == UNKNOWN_HEAD;
	}

	private static RequestHead unknown(String method) {
		return new RequestHead(method, new RequestTarget(RequestTarget.Form.ORIGIN, null, "/", null),
				ProtocolVersion.HTTP_1_1, EmptyHttpHeaders.INSTANCE, BodyFraming.NONE);
	}

}
