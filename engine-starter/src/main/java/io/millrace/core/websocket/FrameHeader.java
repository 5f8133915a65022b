package io.millrace.core.websocket;

/**
 * What precedes the payload of a frame (RFC 6455 §5.2).
 *
 * @param last whether the message ends with this frame
 * @param compressed whether the message is compressed (RFC 7692 §6)
 * @param opcode what it is
 * @param length the bytes of the payload
 * @param mask with what the payload is masked
 */
record FrameHeader(boolean last, boolean compressed, Opcode opcode, long length, int mask) {
}
