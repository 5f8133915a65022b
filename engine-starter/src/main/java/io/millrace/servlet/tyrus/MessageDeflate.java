package io.millrace.servlet.tyrus;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Extension;
import org.glassfish.tyrus.core.extension.ExtendedExtension;
import org.glassfish.tyrus.core.frame.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Compression of messages (RFC 7692), each by itself, so that a connection holds no
 * memory for it in between. Not Tyrus's own extension: that one inflates whatever comes,
 * however large, and never returns from a message whose last block is marked as such. One
 * for each connection; one thread at a time reads, and one writes.
 */
final class MessageDeflate implements ExtendedExtension {

	static final String NAME = "permessage-deflate";

	/** What the container says it can do. */
	static final Extension OFFERED = new MessageDeflate();

	// Shorter messages would mostly grow.
	private static final int LEAST = 128;

	private static final byte[] TAIL = { 0, 0, (byte) 0xff, (byte) 0xff };

	private static final List<Extension.Parameter> AGREED = List.of(new Flag("server_no_context_takeover"),
			new Flag("client_no_context_takeover"));

	private static final int WINDOW_BITS = 15;

	private static final byte CLOSE = 0x08;

	private static final int PIECE = 4096;

	private FrameGuard.Limit limit = (text) -> 0;

	// While a compressed message comes.
	private @Nullable Inflater inflater;

	private boolean text;

	// While a compressed message is sent.
	private @Nullable Deflater deflater;

	private MessageDeflate() {
	}

	/**
	 * Agree to the first offer that can be kept (RFC 7692 §7.1).
	 * @param requested what the client offers, the best first
	 * @return the extension of a connection, {@code null} for none
	 */
	static @Nullable MessageDeflate agree(List<Extension> requested) {
		return requested.stream().anyMatch(MessageDeflate::isPossible) ? new MessageDeflate() : null;
	}

	// The window of the JDK's Deflater cannot be made smaller.
	private static boolean isPossible(Extension offer) {
		return offer.getName().equals(NAME) && offer.getParameters().stream().allMatch((parameter) -> {
			String value = parameter.getValue();
			return switch (parameter.getName()) {
				case "server_no_context_takeover", "client_no_context_takeover" -> value == null || value.isEmpty();
				case "client_max_window_bits" -> value == null || value.isEmpty() || isWindow(value);
				case "server_max_window_bits" -> String.valueOf(WINDOW_BITS).equals(value);
				default -> false;
			};
		});
	}

	private static boolean isWindow(String value) {
		return value.matches("[89]|1[0-5]");
	}

	/**
	 * Say how large messages may become.
	 * @param limit asked for each frame
	 */
	void limit(FrameGuard.Limit limit) {
		this.limit = limit;
	}

	@Override
	public Frame processIncoming(ExtensionContext context, Frame frame) {
		if (frame.isControlFrame()) {
			return frame;
		}
		if (frame.getOpcode() != 0) {
			endIncoming();
			if (frame.isRsv1()) {
				this.inflater = new Inflater(true);
				this.text = frame.getOpcode() == 1;
			}
		}
		Inflater decoder = this.inflater;
		if (decoder == null || (frame.getOpcode() == 0 && frame.isRsv1())) {
			// Tyrus refuses the bit where it must not be.
			return frame;
		}
		try {
			return inflate(decoder, frame);
		}
		catch (DataFormatException ex) {
			return refusal(CloseCodes.NOT_CONSISTENT, "A compressed message is malformed");
		}
		finally {
			if (frame.isFin()) {
				endIncoming();
			}
		}
	}

	private Frame inflate(Inflater decoder, Frame frame) throws DataFormatException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		long most = this.limit.of(this.text);
		boolean fits = inflate(decoder, frame.getPayloadData(), (int) frame.getPayloadLength(), out, most)
				&& (!frame.isFin() || inflate(decoder, TAIL, TAIL.length, out, most));
		if (!fits) {
			return refusal(CloseCodes.TOO_BIG, "A message is larger than " + most + " bytes");
		}
		byte[] payload = out.toByteArray();
		return Frame.builder(frame).payloadData(payload).payloadLength(payload.length).rsv1(false).build();
	}

	private static boolean inflate(Inflater decoder, byte[] bytes, int length, ByteArrayOutputStream out, long most)
			throws DataFormatException {
		byte[] piece = new byte[PIECE];
		decoder.setInput(bytes, 0, length);
		int count;
		// What follows a block that is marked as the last (§7.2.3.4) is not looked at.
		while ((count = decoder.inflate(piece)) > 0) {
			out.write(piece, 0, count);
			if (out.size() > most) {
				return false;
			}
		}
		return true;
	}

	private void endIncoming() {
		if (this.inflater != null) {
			this.inflater.end();
			this.inflater = null;
		}
	}

	// Tyrus goes on where an extension throws: as if the client had asked to close.
	private static Frame refusal(CloseCode code, String reason) {
		byte[] text = reason.getBytes(StandardCharsets.UTF_8);
		byte[] payload = ByteBuffer.allocate(Short.BYTES + text.length)
			.putShort((short) code.getCode())
			.put(text)
			.array();
		return Frame.builder().fin(true).opcode(CLOSE).payloadData(payload).payloadLength(payload.length).build();
	}

	@Override
	public Frame processOutgoing(ExtensionContext context, Frame frame) {
		if (frame.isControlFrame()) {
			return frame;
		}
		boolean first = this.deflater == null;
		if (first && frame.isFin() && frame.getPayloadLength() < LEAST) {
			return frame;
		}
		Deflater known = this.deflater;
		Deflater encoder = (known != null) ? known : new Deflater(Deflater.DEFAULT_COMPRESSION, true);
		this.deflater = encoder;
		byte[] payload = deflate(encoder, frame);
		int length = frame.isFin() ? payload.length - TAIL.length : payload.length;
		if (frame.isFin()) {
			encoder.end();
			this.deflater = null;
		}
		return Frame.builder(frame).payloadData(payload).payloadLength(length).rsv1(first).build();
	}

	private static byte[] deflate(Deflater encoder, Frame frame) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		byte[] piece = new byte[PIECE];
		encoder.setInput(frame.getPayloadData(), 0, (int) frame.getPayloadLength());
		int count;
		do {
			count = encoder.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
			out.write(piece, 0, count);
		}
		while (count == piece.length);
		return out.toByteArray();
	}

	@Override
	public List<Parameter> onExtensionNegotiation(ExtensionContext context, @Nullable List<Parameter> requested) {
		return AGREED;
	}

	@Override
	public void onHandshakeResponse(ExtensionContext context, List<Parameter> parameters) {
		// That is for clients.
	}

	@Override
	public void destroy(ExtensionContext context) {
		// Tyrus does not always ask for it: see end().
	}

	/** The connection has ended, perhaps within a message. */
	void end() {
		endIncoming();
		if (this.deflater != null) {
			this.deflater.end();
		}
	}

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public List<Parameter> getParameters() {
		// What can be done has none: Spring looks for one that is offered like that.
		return (this == OFFERED) ? List.of() : AGREED;
	}

	/**
	 * A parameter without a value.
	 *
	 * @param getName its name
	 */
	private record Flag(String getName) implements Extension.Parameter {

		@Override
		public @Nullable String getValue() {
			return null;
		}

	}

}
