package io.millrace.core.websocket;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What was agreed on of permessage-deflate (RFC 7692 §7.1).
 *
 * @param serverTakeover whether what we send may refer to earlier messages
 * @param clientTakeover whether what the client sends may
 * @param serverWindowBits how large a window the client has for what we send, 8 to 15
 */
record PerMessageDeflate(boolean serverTakeover, boolean clientTakeover, int serverWindowBits) {

	/** Its name in the handshake. */
	static final String NAME = "permessage-deflate";

	private static final int MAX_WINDOW_BITS = 15;

	private static final int MIN_WINDOW_BITS = 8;

	/**
	 * Accept the first offer that can be.
	 * @param offers what the client offers, in the order of its preference
	 * @param takeover whether we want messages to refer to earlier ones
	 * @return the agreement, {@code null} for none
	 */
	static @Nullable PerMessageDeflate negotiate(List<ExtensionOffer> offers, boolean takeover) {
		for (ExtensionOffer offer : offers) {
			PerMessageDeflate agreed = offer.name().equals(NAME) ? accept(offer.parameters(), takeover) : null;
			if (agreed != null) {
				return agreed;
			}
		}
		return null;
	}

	// §7.1: what is unknown, said twice or out of range is declined as a whole.
	private static @Nullable PerMessageDeflate accept(List<ExtensionOffer.Parameter> parameters, boolean takeover) {
		Set<String> seen = new HashSet<>();
		boolean serverTakeover = takeover;
		boolean clientTakeover = takeover;
		int serverBits = MAX_WINDOW_BITS;
		for (ExtensionOffer.Parameter parameter : parameters) {
			String value = parameter.value();
			boolean valid = seen.add(parameter.name());
			switch (parameter.name()) {
				case "server_no_context_takeover" -> {
					valid &= (value == null);
					serverTakeover = false;
				}
				case "client_no_context_takeover" -> {
					valid &= (value == null);
					clientTakeover = false;
				}
				case "server_max_window_bits" -> {
					serverBits = bits(value);
					valid &= (serverBits > 0);
				}
				// Ours is of 15 bits, whatever the client uses.
				case "client_max_window_bits" -> valid &= (value == null || bits(value) > 0);
				default -> valid = false;
			}
			if (!valid) {
				return null;
			}
		}
		return new PerMessageDeflate(serverTakeover && serverBits == MAX_WINDOW_BITS, clientTakeover, serverBits);
	}

	private static int bits(@Nullable String value) {
		if (value == null || !value.matches("[1-9][0-9]?")) {
			return -1;
		}
		int bits = Integer.parseInt(value);
		return (bits >= MIN_WINDOW_BITS && bits <= MAX_WINDOW_BITS) ? bits : -1;
	}

	/**
	 * What the client is told.
	 * @return the value of {@code Sec-WebSocket-Extensions}
	 */
	String response() {
		return NAME + (this.serverTakeover ? "" : "; server_no_context_takeover")
				+ (this.clientTakeover ? "" : "; client_no_context_takeover")
				+ ((this.serverWindowBits < MAX_WINDOW_BITS) ? "; server_max_window_bits=" + this.serverWindowBits
						: "");
	}

	MessageInflater inflater() {
		return new MessageInflater(this.clientTakeover);
	}

	MessageDeflater deflater() {
		return new MessageDeflater(this.serverTakeover, this.serverWindowBits);
	}

}
