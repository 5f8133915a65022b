package io.millrace.core.websocket;

/**
 * A message that has come, a piece of one, or a control frame.
 *
 * @param opcode what it is, never a continuation
 * @param payload what was sent, without mask and compression
 * @param last whether the message ends here
 */
record Incoming(Opcode opcode, byte[] payload, boolean last) {
}
