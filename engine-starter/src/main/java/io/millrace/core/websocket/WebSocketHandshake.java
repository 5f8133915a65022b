package io.millrace.core.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.RequestHead;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The opening handshake (RFC 6455 §4.2) from the side of the server: whether a request
 * asks for a WebSocket as it should, and what it is answered.
 */
public final class WebSocketHandshake {

	/** What it is called in {@code Upgrade}, and for those who look at connections. */
	public static final String PROTOCOL = "WebSocket";

	/** The only version that there is. */
	public static final String VERSION = "13";

	/** The name of the extension that can be agreed on. */
	public static final String EXTENSION = PerMessageDeflate.NAME;

	private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final int KEY_SIZE = 16;

	private final WebSocketOptions options;

	private final @Nullable String accept;

	private final @Nullable String subprotocol;

	private final @Nullable PerMessageDeflate deflate;

	private WebSocketHandshake(WebSocketOptions options, @Nullable String accept, @Nullable String subprotocol,
			@Nullable PerMessageDeflate deflate) {
		this.options = options;
		this.accept = accept;
		this.subprotocol = subprotocol;
		this.deflate = deflate;
	}

	/**
	 * Check a request (§4.2.1). Its origin and its subprotocols are the application's to
	 * look at.
	 * @param exchange the exchange of the request
	 * @return why it is refused, {@code null} where it is right
	 */
	public static @Nullable HandshakeRefusal check(Exchange exchange) {
		RequestHead request = exchange.request();
		HttpHeaders headers = request.headers();
		if (!isConnect(request)) {
			if (!request.method().equals("GET")) {
				return new HandshakeRefusal(405, "A WebSocket is opened with GET");
			}
			if (!headers.containsValue("Upgrade", PROTOCOL, true)
					|| !headers.containsValue("Connection", "upgrade", true)
					|| !isKey(headers.getAll("Sec-WebSocket-Key"))) {
				return new HandshakeRefusal(400, "This is no handshake of a WebSocket");
			}
		}
		List<String> versions = headers.getAll("Sec-WebSocket-Version");
		if (versions.size() != 1 || !versions.get(0).strip().equals(VERSION)) {
			return new HandshakeRefusal(HandshakeRefusal.UPGRADE_REQUIRED, "The version of WebSocket has to be 13");
		}
		if (ExtensionOffer.parse(headers.getAll("Sec-WebSocket-Extensions")) == null) {
			return new HandshakeRefusal(400, "The extensions are malformed");
		}
		return exchange.isUpgradable() ? null : new HandshakeRefusal(400, "The protocol cannot be switched here");
	}

	// RFC 8441 §5: on HTTP/2 the protocol is a part of the request, and there is no key.
	private static boolean isConnect(RequestHead request) {
		return request.method().equals("CONNECT");
	}

	/**
	 * Whether a request has a key as it should (§4.2.1).
	 * @param keys the values of {@code Sec-WebSocket-Key}
	 * @return whether it is one of 16 bytes
	 */
	public static boolean isKey(List<String> keys) {
		if (keys.size() != 1) {
			return false;
		}
		try {
			return Base64.getDecoder().decode(keys.get(0).strip()).length == KEY_SIZE;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/**
	 * Accept a request that was checked.
	 * @param exchange the exchange of the request
	 * @param options the limits of the connection
	 * @param subprotocol what was chosen of the client's subprotocols, {@code null} for
	 * none
	 * @param extensions whether an extension may be agreed on
	 * @return what is agreed on
	 */
	public static WebSocketHandshake accept(Exchange exchange, WebSocketOptions options, @Nullable String subprotocol,
			boolean extensions) {
		RequestHead request = exchange.request();
		PerMessageDeflate deflate = null;
		if (extensions && options.compression()) {
			List<ExtensionOffer> offers = ExtensionOffer.parse(request.headers().getAll("Sec-WebSocket-Extensions"));
			deflate = (offers != null) ? PerMessageDeflate.negotiate(offers, options.contextTakeover()) : null;
		}
		String key = request.headers().get("Sec-WebSocket-Key");
		String accept = (isConnect(request) || key == null) ? null : accept(key.strip());
		return new WebSocketHandshake(options, accept, subprotocol, deflate);
	}

	// §4.2.2, 5.4. That SHA-1 is broken does not matter here: nothing is kept secret.
	private static String accept(String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + MAGIC).getBytes(StandardCharsets.ISO_8859_1));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Say what is agreed on (§4.2.2). What else the head of a switch needs is the
	 * engine's.
	 * @param header takes name and value of a header field of the response
	 */
	public void answer(BiConsumer<String, String> header) {
		if (this.accept != null) {
			header.accept("Upgrade", "websocket");
			header.accept("Sec-WebSocket-Accept", this.accept);
		}
		if (this.subprotocol != null) {
			header.accept("Sec-WebSocket-Protocol", this.subprotocol);
		}
		if (this.deflate != null) {
			header.accept("Sec-WebSocket-Extensions", this.deflate.response());
		}
	}

	/**
	 * The subprotocol.
	 * @return the subprotocol, {@code null} for none
	 */
	public @Nullable String subprotocol() {
		return this.subprotocol;
	}

	/**
	 * The extensions that were agreed on, as the response tells them.
	 * @return the extensions, {@code null} for none
	 */
	public @Nullable String extensions() {
		return (this.deflate != null) ? this.deflate.response() : null;
	}

	WebSocketOptions options() {
		return this.options;
	}

	@Nullable PerMessageDeflate deflate() {
		return this.deflate;
	}

}
