package io.millrace.servlet.tyrus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Extension;
import jakarta.websocket.Session;
import org.glassfish.tyrus.spi.Connection;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket connection after the handshake: hands Tyrus what the client sends. The
 * endpoint is called by the thread that reads, a worker, one call at a time and in order;
 * while it is busy nothing more is read.
 */
public final class WebSocketUpgrade implements HttpUpgradeHandler, ReadListener {

	/** How much is handed to Tyrus at once. */
	static final int LARGEST_READ = 16 * 1024;

	// Who is being opened by this thread, for its session to find it.
	private static final ThreadLocal<@Nullable WebSocketUpgrade> opening = new ThreadLocal<>();

	private @Nullable Handshake handshake;

	private @Nullable ServletInputStream input;

	private @Nullable FrameGuard guard;

	private volatile @Nullable Connection connection;

	private volatile @Nullable Session session;

	/** Made by {@code HttpServletRequest.upgrade}. */
	public WebSocketUpgrade() {
	}

	void prepare(Handshake handshake) {
		this.handshake = handshake;
	}

	private Handshake handshake() {
		return Objects.requireNonNull(this.handshake, "prepare was not called");
	}

	private Exchange exchange() {
		return handshake().exchange();
	}

	@Override
	public void init(WebConnection opened) {
		EndpointContainer container = handshake().container();
		this.guard = new FrameGuard(this::maxPayload);
		handshake().opened(this);
		opening.set(this);
		try {
			this.connection = handshake().accepted()
				.createConnection(new ExchangeWriter(exchange(), container.completions()), (reason) -> {
				});
		}
		finally {
			opening.remove();
		}
		for (Extension extension : extensions()) {
			if (extension instanceof MessageDeflate deflate) {
				deflate.limit(this::maxPayload);
			}
		}
		try {
			this.input = opened.getInputStream();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		this.input.setReadListener(this);
		if (handshake().isLoggedOut()) {
			loggedOut();
		}
	}

	/**
	 * The session of the connection that this thread opens is there.
	 * @param session the session
	 */
	static void opened(Session session) {
		WebSocketUpgrade upgrade = opening.get();
		if (upgrade != null) {
			upgrade.session = session;
		}
	}

	private List<Extension> extensions() {
		Session known = this.session;
		return (known != null) ? known.getNegotiatedExtensions() : List.of();
	}

	// Where a message is collected whole, Tyrus would look
	// only when it is there.
	private long maxPayload(boolean text) {
		long most = handshake().container().options().maxFrameSize();
		Session known = this.session;
		return (known != null) ? Math.min(most, MessageSizes.limit(known, text)) : most;
	}

	@Override
	public void onDataAvailable() throws IOException {
		ServletInputStream in = Objects.requireNonNull(this.input);
		do {
			byte[] bytes = new byte[Math.min(Math.max(in.available(), 1), LARGEST_READ)];
			int count = in.read(bytes);
			if (count > 0) {
				received(bytes, count);
			}
		}
		while (!isOver() && in.isReady());
	}

	private boolean isOver() {
		return exchange().outcome() != null || exchange().responseBody().isEnded();
	}

	private void received(byte[] bytes, int count) {
		FrameGuard known = Objects.requireNonNull(this.guard);
		if (known.violation() != null) {
			// What comes while the close waits to be sent.
			return;
		}
		int admitted = known.admit(bytes, count);
		Connection open = this.connection;
		if (admitted > 0 && open != null) {
			open.getReadHandler().handle(ByteBuffer.wrap(bytes, 0, admitted));
		}
		CloseReason violation = known.violation();
		if (violation != null) {
			exchange().violated(ProtocolException.Kind.WEBSOCKET);
			close(violation);
		}
	}

	/** The client has closed its side without a word, or the server is about to stop. */
	@Override
	public void onAllDataRead() {
		lost();
	}

	@Override
	public void onError(Throwable cause) {
		lost();
	}

	@Override
	public void destroy() {
		lost();
		for (Extension extension : extensions()) {
			if (extension instanceof MessageDeflate deflate) {
				deflate.end();
			}
		}
		handshake().closed(this);
	}

	private void lost() {
		boolean stopping = handshake().container().isGoingAway();
		close(stopping ? new CloseReason(CloseCodes.GOING_AWAY, "The server stops")
				: new CloseReason(CloseCodes.CLOSED_ABNORMALLY, null));
	}

	/** The HTTP session that the client had logged in with has ended. */
	void loggedOut() {
		exchange().resume(() -> close(new CloseReason(CloseCodes.VIOLATED_POLICY, "The HTTP session has ended")));
	}

	// Does nothing where it is closed already.
	private void close(CloseReason reason) {
		Connection open = this.connection;
		if (open != null) {
			open.close(reason);
		}
	}

}
