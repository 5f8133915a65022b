package io.millrace.core.websocket;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Who is told what comes on a WebSocket connection, one call after the other, by the
 * executor that the connection was given. Messages come only as they were
 * {@linkplain WebSocketConnection#request requested}.
 */
public interface WebSocketReceiver {

	/**
	 * A text has come.
	 * @param utf8 the text, checked to be UTF-8; the receiver's from now on
	 * @param last whether it ends here; {@code false} only where pieces are wanted
	 * @throws Exception where the connection is to be closed with 1011
	 */
	void text(byte[] utf8, boolean last) throws Exception;

	/**
	 * Bytes have come.
	 * @param bytes the bytes, the receiver's from now on
	 * @param last whether they end here; {@code false} only where pieces are wanted
	 * @throws Exception where the connection is to be closed with 1011
	 */
	void binary(byte[] bytes, boolean last) throws Exception;

	/**
	 * A ping was answered, or the client says unasked that it is there.
	 * @param payload what it says, 125 bytes at most
	 * @throws Exception where the connection is to be closed with 1011
	 */
	void pong(byte[] payload) throws Exception;

	/**
	 * The connection is closed; nothing follows. Called once.
	 * @param reason what the client said, or we if we said it first;
	 * {@link CloseReason#ABNORMAL} where the connection was lost
	 * @param cause why it was lost, {@code null} where it was not
	 */
	void closed(CloseReason reason, @Nullable IOException cause);

}
