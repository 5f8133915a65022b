package io.millrace.core.websocket;

/**
 * Why a WebSocket connection is closed (RFC 6455 §7.4).
 *
 * @param code the status code
 * @param text what is said beside it, empty for nothing
 */
public record CloseReason(int code, String text) {

	/** It has done what it was for. */
	public static final int NORMAL = 1000;

	/** The server stops, or has nobody to talk to. */
	public static final int GOING_AWAY = 1001;

	/** The client has broken the rules of the protocol. */
	public static final int PROTOCOL_ERROR = 1002;

	/** Nothing was said; never sent. */
	public static final int NO_STATUS = 1005;

	/** The connection was lost without a goodbye; never sent. */
	public static final int ABNORMAL = 1006;

	/** A text is no UTF-8. */
	public static final int INVALID_DATA = 1007;

	/** A message is larger than allowed. */
	public static final int TOO_LARGE = 1009;

	/** The application has failed. */
	public static final int SERVER_ERROR = 1011;

	/** The connection was lost. */
	static final CloseReason LOST = new CloseReason(ABNORMAL, "");

	/** As much fits into a control frame besides the code. */
	static final int MAX_TEXT = 123;

	/**
	 * Whether a code may stand in a frame: those that RFC 6455 §7.4.1 and the registry of
	 * IANA define to be sent, and those of libraries and applications (§7.4.2).
	 * @param code the code
	 * @return whether it may be sent
	 */
	public static boolean isSendable(int code) {
		return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
	}

}
