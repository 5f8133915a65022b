package io.millrace.websocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.List;

import io.millrace.core.websocket.WebSocketConnection;
import io.millrace.core.websocket.WebSocketHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.adapter.AbstractWebSocketSession;

/**
 * A session as a Spring handler sees it. Sending waits while the client takes nothing,
 * until {@code millrace.websocket.send-timeout} has passed; any thread may send, whole
 * messages also at the same time.
 */
final class EngineWebSocketSession extends AbstractWebSocketSession<WebSocketConnection> {

	// What may wait for the client where nobody can, on the event loop.
	private static final int LOOP_LIMIT = 1024 * 1024;

	private final String id = idGenerator.generateId().toString();

	private final SessionFacts facts;

	private final @Nullable String protocol;

	private final @Nullable String extensions;

	// Of the event loop.
	private int overhang;

	EngineWebSocketSession(SessionFacts facts, WebSocketHandshake handshake) {
		super(facts.attributes());
		this.facts = new SessionFacts(facts.uri(), facts.headers(), java.util.Map.of(), facts.user(),
				facts.localAddress(), facts.remoteAddress());
		this.protocol = handshake.subprotocol();
		this.extensions = handshake.extensions();
	}

	@Override
	public String getId() {
		return this.id;
	}

	@Override
	public URI getUri() {
		return this.facts.uri();
	}

	@Override
	public HttpHeaders getHandshakeHeaders() {
		return this.facts.headers();
	}

	@Override
	public @Nullable Principal getPrincipal() {
		return this.facts.user();
	}

	@Override
	public InetSocketAddress getLocalAddress() {
		return this.facts.localAddress();
	}

	@Override
	public InetSocketAddress getRemoteAddress() {
		return this.facts.remoteAddress();
	}

	@Override
	public @Nullable String getAcceptedProtocol() {
		return this.protocol;
	}

	@Override
	public List<WebSocketExtension> getExtensions() {
		return (this.extensions != null) ? WebSocketExtension.parseExtensions(this.extensions) : List.of();
	}

	@Override
	public void setTextMessageSizeLimit(int limit) {
		getNativeSession().limit(limit, getNativeSession().binaryLimit());
	}

	@Override
	public int getTextMessageSizeLimit() {
		return getNativeSession().textLimit();
	}

	@Override
	public void setBinaryMessageSizeLimit(int limit) {
		getNativeSession().limit(getNativeSession().textLimit(), limit);
	}

	@Override
	public int getBinaryMessageSizeLimit() {
		return getNativeSession().binaryLimit();
	}

	@Override
	public boolean isOpen() {
		return getNativeSession().isOpen();
	}

	@Override
	protected void sendTextMessage(TextMessage message) throws IOException {
		send(true, Unpooled.wrappedBuffer(message.asBytes()), message.isLast());
	}

	// The application may change the bytes when this has returned.
	@Override
	protected void sendBinaryMessage(BinaryMessage message) throws IOException {
		send(false, copy(message.getPayload()), message.isLast());
	}

	@Override
	protected void sendPingMessage(PingMessage message) throws IOException {
		sent(getNativeSession().ping(copy(message.getPayload())));
	}

	@Override
	protected void sendPongMessage(PongMessage message) throws IOException {
		sent(getNativeSession().pong(copy(message.getPayload())));
	}

	private static ByteBuf copy(ByteBuffer bytes) {
		return Unpooled.copiedBuffer(bytes.duplicate());
	}

	private void send(boolean text, ByteBuf payload, boolean last) throws IOException {
		WebSocketConnection connection = getNativeSession();
		int size = payload.readableBytes();
		sent(connection.send(text, payload, last));
		if (connection.isWritable()) {
			return;
		}
		if (!connection.isOnLoop()) {
			connection.awaitWritable();
		}
		else if (isTooMuch(size)) {
			connection.close(CloseStatus.SESSION_NOT_RELIABLE.getCode(), "The client takes nothing");
			throw new IOException("The client takes nothing, and the event loop cannot wait for it");
		}
	}

	private boolean isTooMuch(int size) {
		if (this.overhang == 0) {
			getNativeSession().onWritable(() -> this.overhang = 0);
		}
		this.overhang += size;
		return this.overhang > LOOP_LIMIT;
	}

	private static void sent(boolean taken) throws IOException {
		if (!taken) {
			throw new IOException("The WebSocket session is closed");
		}
	}

	@Override
	protected void closeInternal(CloseStatus status) {
		String reason = status.getReason();
		getNativeSession().close(status.getCode(), (reason != null) ? reason : "");
	}

}
