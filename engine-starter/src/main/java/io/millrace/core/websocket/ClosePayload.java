package io.millrace.core.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * What a close frame says (RFC 6455 §5.5.1).
 */
final class ClosePayload {

	private ClosePayload() {
	}

	/**
	 * Read one.
	 * @param payload the payload of the frame
	 * @return what it says, {@link CloseReason#NO_STATUS} for nothing
	 * @throws WebSocketViolation where it may not say that
	 */
	static CloseReason parse(byte[] payload) throws WebSocketViolation {
		if (payload.length == 0) {
			return new CloseReason(CloseReason.NO_STATUS, "");
		}
		if (payload.length == 1) {
			throw WebSocketViolation.protocol("A close frame has half a code");
		}
		int code = (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
		if (!CloseReason.isSendable(code)) {
			throw WebSocketViolation.protocol("A close frame has a code that may not be sent");
		}
		byte[] text = Arrays.copyOfRange(payload, 2, payload.length);
		if (!Utf8Check.isText(text)) {
			throw new WebSocketViolation(CloseReason.INVALID_DATA, "The text of a close frame is no UTF-8");
		}
		return new CloseReason(code, new String(text, StandardCharsets.UTF_8));
	}

	/**
	 * Write one.
	 * @param reason what to say; nothing where the code may not be sent
	 * @param allocator where the buffer comes from
	 * @return the payload
	 */
	static ByteBuf of(CloseReason reason, ByteBufAllocator allocator) {
		if (!CloseReason.isSendable(reason.code())) {
			return Unpooled.EMPTY_BUFFER;
		}
		byte[] text = reason.text().getBytes(StandardCharsets.UTF_8);
		int size = Math.min(text.length, CloseReason.MAX_TEXT);
		// Not in the middle of a character.
		while (size < text.length && size > 0 && (text[size] & 0xC0) == 0x80) {
			size--;
		}
		return allocator.buffer(2 + size).writeShort(reason.code()).writeBytes(text, 0, size);
	}

}
