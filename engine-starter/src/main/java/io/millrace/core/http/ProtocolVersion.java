package io.millrace.core.http;

/**
 * The protocol version of a request (RFC 9110 §2.5).
 */
public enum ProtocolVersion {

	/** HTTP/1.0, RFC 1945. */
	HTTP_1_0("HTTP/1.0"),

	/** HTTP/1.1, RFC 9112. */
	HTTP_1_1("HTTP/1.1"),

	/** HTTP/2, RFC 9113. */
	HTTP_2("HTTP/2.0"),

	/** HTTP/3, RFC 9114. */
	HTTP_3("HTTP/3.0");

	private final String text;

	ProtocolVersion(String text) {
		this.text = text;
	}

	/**
	 * The version as a request line and {@code ServletRequest.getProtocol} have it.
	 * @return for example {@code HTTP/1.1}
	 */
	public String text() {
		return this.text;
	}

}
