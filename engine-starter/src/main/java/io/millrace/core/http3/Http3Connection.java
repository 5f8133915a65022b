package io.millrace.core.http3;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

import io.millrace.core.connection.ConnectionCounts;
import io.millrace.core.connection.OpenConnection;
import io.millrace.core.connection.RequestFields;
import io.millrace.core.connection.SocketInfo;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.observe.ConnectionSnapshot;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/3 connection: its streams, and what they share. Owned by the event loop.
 */
final class Http3Connection implements OpenConnection {

	// QUIC keeps something of every stream that has not ended in good order, until the
	// connection ends: the client gets a new one in time.
	private static final int MAX_UNFINISHED = 500;

	private static final String PROTOCOL = "HTTP/3";

	private static final RecvByteBufAllocator RECEIVE = new AdaptiveRecvByteBufAllocator(512, 2048, 16 * 1024)
		.maxMessagesPerRead(4);

	private final Http3Services services;

	private final QuicChannel channel;

	private final ConnectionCounts counts;

	private final RequestFields fields;

	private final Departure departure;

	// Changed by the event loop; any thread may look.
	private final Set<Http3Stream> streams = ConcurrentHashMap.newKeySet();

	private volatile SocketInfo info;

	private @Nullable SSLSession session;

	// By System.nanoTime().
	private volatile long since = System.nanoTime();

	private long lastStream = -1;

	private int unfinished;

	private int underWay;

	private boolean early = true;

	private boolean failed;

	/**
	 * Create a connection whose handshake has not ended.
	 * @param services what all connections share
	 * @param channel the connection
	 */
	Http3Connection(Http3Services services, QuicChannel channel) {
		this.services = services;
		this.channel = channel;
		this.info = new SocketInfo(channel.id(), channel.remoteSocketAddress(), channel.localSocketAddress());
		this.counts = new ConnectionCounts(services.shared().observer().listener());
		this.fields = new RequestFields(ProtocolVersion.HTTP_3, services.shared().limits(), false);
		this.departure = new Departure(channel, services.shared(), this.streams::isEmpty);
	}

	/**
	 * Read from a stream only what is asked for, and not too much at once.
	 * @param stream a request stream that is not registered yet
	 */
	static void prepare(QuicStreamChannel stream) {
		stream.config().setAutoRead(false).setAllowHalfClosure(true).setRecvByteBufAllocator(RECEIVE);
	}

	/** The client's address has become known, or another one. */
	void located() {
		SocketInfo located = new SocketInfo(this.channel.id(), this.channel.remoteSocketAddress(),
				this.channel.localSocketAddress());
		if (this.session != null) {
			located.secured(this.session);
		}
		this.info = located;
	}

	/**
	 * The client may send requests.
	 * @param engine the TLS of the connection
	 */
	void opened(@Nullable SSLEngine engine) {
		if (engine != null) {
			this.session = engine.getSession();
			this.info.secured(this.session);
		}
		this.services.connections().opened();
		this.services.shared().connections().opened(this);
		this.departure.idle();
		if (this.services.shared().connections().isDraining()) {
			drain();
		}
	}

	/** What comes from now on nobody can have sent again. */
	void handshakeEnded() {
		this.early = false;
	}

	boolean isEarly() {
		return this.early;
	}

	/**
	 * A request stream was opened.
	 * @param stream the stream
	 * @param id its number
	 * @return whether its request is answered
	 */
	boolean opened(Http3Stream stream, long id) {
		if (!this.departure.isExpected(id)) {
			return false;
		}
		this.lastStream = Math.max(this.lastStream, id);
		this.departure.opened(id);
		if (this.streams.isEmpty()) {
			this.since = System.nanoTime();
		}
		this.streams.add(stream);
		this.counts.request();
		int limit = this.services.maxRequestsPerConnection();
		if (limit > 0 && this.counts.requests() >= limit) {
			drain();
		}
		return true;
	}

	void closed(Http3Stream stream) {
		if (this.streams.remove(stream) && this.streams.isEmpty()) {
			this.since = System.nanoTime();
			this.departure.idle();
		}
	}

	/** An exchange begins. */
	void begun() {
		this.services.connections().begun(this.underWay > 0);
		this.underWay++;
	}

	/** An exchange has ended. */
	void ended() {
		this.underWay--;
		this.services.connections().ended(this.underWay > 0);
	}

	/** A stream will not end in good order. */
	void unfinished() {
		this.unfinished++;
		if (this.unfinished == MAX_UNFINISHED) {
			drain();
		}
		else if (this.unfinished == 2 * MAX_UNFINISHED) {
			protocolError(ProtocolException.Kind.LIMIT);
			close(Http3ErrorCode.H3_EXCESSIVE_LOAD);
		}
	}

	/**
	 * Tell the observers of what is not right, once where the connection ends for it.
	 * @param kind what is not right
	 */
	void protocolError(ProtocolException.Kind kind) {
		if (!this.failed) {
			this.services.shared().observer().protocolError(kind.id());
		}
	}

	/**
	 * The codec closes the connection.
	 * @param code what the client is told
	 */
	void failed(Http3ErrorCode code) {
		protocolError((code == Http3ErrorCode.H3_EXCESSIVE_LOAD) ? ProtocolException.Kind.LIMIT
				: ProtocolException.Kind.SYNTAX);
		this.failed = true;
	}

	/** The connection is no more. */
	void closed() {
		this.departure.closed();
		this.services.connections().closed();
		this.services.shared().connections().closed(this);
	}

	Http3Services services() {
		return this.services;
	}

	RequestFields fields() {
		return this.fields;
	}

	SocketInfo info() {
		return this.info;
	}

	/**
	 * Whether further requests may come.
	 * @return {@code false} once the client was told otherwise
	 */
	boolean isKept() {
		return !this.departure.isBegun();
	}

	/**
	 * Whether it is us who have closed it.
	 * @return whether its streams are cut by us
	 */
	boolean isClosing() {
		return this.departure.isClosing();
	}

	@Override
	public EventExecutor executor() {
		return this.channel.eventLoop();
	}

	@Override
	public ConnectionCounts counts() {
		return this.counts;
	}

	@Override
	public void drain() {
		this.departure.begin();
	}

	@Override
	public void closeNow() {
		executor().execute(() -> close(Http3ErrorCode.H3_INTERNAL_ERROR));
	}

	private void close(Http3ErrorCode code) {
		this.departure.close(this.streams.isEmpty() ? Http3ErrorCode.H3_NO_ERROR : code);
	}

	@Override
	public ConnectionSnapshot read() {
		Exchange shown = null;
		for (Http3Stream stream : this.streams) {
			Exchange open = stream.exchange();
			if (open != null && (shown == null || open.isHandled())) {
				shown = open;
			}
		}
		RequestHead head = (shown != null) ? shown.request() : null;
		SocketInfo where = this.info;
		return new ConnectionSnapshot(where.id(), where.remoteAddress(), PROTOCOL, activity(shown),
				Instant.ofEpochMilli(this.counts.openedAt()), this.counts.requests(), this.counts.received(),
				this.counts.sent(), (head != null) ? head.method() : null, (head != null) ? head.target().path() : null,
				Duration.ofNanos(Math.max(0, System.nanoTime() - this.since)));
	}

	private String activity(@Nullable Exchange shown) {
		if (shown != null) {
			return shown.isHandled() ? "handling" : "waiting";
		}
		if (!this.streams.isEmpty()) {
			return "reading";
		}
		return this.departure.isBegun() ? "closing" : "idle";
	}

}
