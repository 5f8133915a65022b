package io.millrace.core.http2;

import java.time.Duration;
import java.time.Instant;

import io.millrace.core.connection.ConnectionCounts;
import io.millrace.core.connection.ConnectionServices;
import io.millrace.core.connection.HandedOver;
import io.millrace.core.connection.MalformedMessageException;
import io.millrace.core.connection.OpenConnection;
import io.millrace.core.connection.RequestFields;
import io.millrace.core.connection.SocketInfo;
import io.millrace.core.http.Exchange;
import io.millrace.core.http.ExchangeObservation;
import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RefusalAnswer;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http.ResponseHead;
import io.millrace.core.observe.ConnectionSnapshot;
import io.millrace.core.observe.LoopMeter;
import io.millrace.core.observe.MultiplexedConnections;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection: requests come on streams, each of which goes its own way as a
 * {@link RequestStream}. For its event loop only, where {@link OpenConnection} does not
 * say otherwise.
 */
final class Http2Session implements OpenConnection {

	private final ConnectionServices services;

	private final Channel channel;

	private final HandedOver inherited;

	private final LoopMeter meter;

	private final RequestFields fields;

	private final FloodGuard guard = new FloodGuard();

	private final DroppedStreams dropped = new DroppedStreams();

	private final StreamAnswers answers;

	private final SessionOutput output;

	private final SessionClosing closing;

	private final MultiplexedConnections tally;

	private final Http2Connection.PropertyKey key;

	private final int initialWindowSize;

	// Others see these a moment late.
	private int open;

	private long since;

	private @Nullable RequestHead latest;

	/**
	 * A connection goes on with HTTP/2.
	 * @param services what all HTTP/2 connections share
	 * @param channel its socket
	 * @param inherited what it was until now
	 * @param connection the streams of the codec
	 */
	Http2Session(Http2Services services, Channel channel, HandedOver inherited, Http2Connection connection) {
		this.services = services.shared();
		this.tally = services.connections();
		this.channel = channel;
		this.inherited = inherited;
		this.meter = this.services.meter(channel.eventLoop());
		this.since = this.meter.clock();
		this.fields = new RequestFields(ProtocolVersion.HTTP_2, this.services.limits(), false);
		this.initialWindowSize = services.options().initialWindowSize();
		this.answers = new StreamAnswers(this);
		this.key = connection.newKey();
		this.output = new SessionOutput(this.services.responseFields(), channel.eventLoop());
		this.closing = new SessionClosing(this, services.options(), channel, inherited.encrypted());
	}

	// What happens to the connection

	void opened(Http2Handler handler) {
		this.output.attach(handler);
		this.closing.attach(handler);
		this.services.connections().replaced(this.inherited.before(), this);
		this.tally.opened();
		this.closing.opened();
	}

	void closed() {
		if (this.closing.lost() && this.open > 0) {
			this.services.observer().clientAborted();
		}
	}

	/** All of its streams are closed. */
	void ended() {
		this.closing.settle();
		this.tally.closed();
		this.services.connections().closed(this);
		this.inherited.life().closed(this::read);
	}

	// What the client sends

	/**
	 * A field section has come.
	 * @param stream its stream
	 * @param ended whether the stream ended with it
	 * @throws Http2Exception where it is malformed
	 */
	void headers(Http2Stream stream, boolean ended) throws Http2Exception {
		RequestStream known = stream.getProperty(this.key);
		try {
			if (known != null) {
				known.ended(this.fields.toTrailers());
			}
			else {
				request(open(stream), ended);
			}
		}
		catch (MalformedMessageException ex) {
			throw malformed(stream, ex);
		}
	}

	private static Http2Exception malformed(Http2Stream stream, MalformedMessageException cause) {
		return Http2Exception.streamError(stream.id(), Http2Error.PROTOCOL_ERROR, "%s", cause.getMessage());
	}

	private RequestStream open(Http2Stream stream) {
		RequestStream opened = new RequestStream(this, stream);
		stream.setProperty(this.key, opened);
		// The client may give it no window at first: then nothing changes.
		opened.writabilityChanged(this.output.isWritable(stream));
		this.tally.begun(this.open > 0);
		if (this.open++ == 0) {
			this.since = this.meter.clock();
			this.closing.busy();
		}
		return opened;
	}

	private void request(RequestStream stream, boolean ended) throws MalformedMessageException {
		this.inherited.counts().request();
		this.guard.request();
		RequestHead head;
		try {
			head = this.fields.toHead(ended);
		}
		catch (MalformedMessageException ex) {
			Exchange unknown = unknown(stream);
			this.services.reports().refused(unknown, ProtocolException.Kind.SYNTAX.id());
			stream.unserved(unknown, ended);
			throw ex;
		}
		catch (ProtocolException ex) {
			refuse(stream, ex, ended);
			return;
		}
		serve(stream, head, ended);
		this.closing.requested(this.inherited.counts().requests());
	}

	/**
	 * Answer a request, or have it answered.
	 */
	private void serve(RequestStream stream, RequestHead head, boolean ended) {
		RefusalAnswer refusal = this.services.dispatcher().refusal(head);
		if (refusal != null) {
			stream.unserved(null, ended);
			this.answers.turnAway(stream, head, refusal);
			return;
		}
		this.latest = head;
		Exchange exchange = new Exchange(stream, head, this.services.dispatcher().services());
		this.services.reports().started(exchange);
		stream.begin(exchange, ended);
	}

	/**
	 * Answer the request that has asked for this protocol in HTTP/1.1.
	 * @param stream its stream
	 * @param head its head
	 */
	void upgraded(Http2Stream stream, RequestHead head) {
		serve(open(stream), head, true);
	}

	private void refuse(RequestStream stream, ProtocolException refusal, boolean ended) {
		countError(refusal.kind());
		Exchange unknown = unknown(stream);
		stream.unserved(null, ended);
		this.answers.refuse(stream, unknown, refusal);
	}

	private Exchange unknown(RequestStream stream) {
		String method = this.fields.method();
		RequestHead head = "HEAD".equals(method) ? RequestHead.UNKNOWN_HEAD : RequestHead.UNKNOWN;
		Exchange unknown = new Exchange(stream, head, this.services.dispatcher().services());
		ExchangeObservation observation = this.services.reports().started(unknown);
		String path = this.fields.path();
		if (observation != null && method != null && path != null) {
			observation.resembles(method, path);
		}
		return unknown;
	}

	/**
	 * A field section was too large to be decoded.
	 * @param stream its stream
	 * @throws Http2Exception where that comes too often
	 */
	void headersTooLarge(Http2Stream stream) throws Http2Exception {
		if (stream.getProperty(this.key) != null) {
			// Trailers, of a request that somebody has already.
			streamError(stream.id(), Http2Error.ENHANCE_YOUR_CALM);
			return;
		}
		this.inherited.counts().request();
		this.fields.begin();
		refuse(open(stream), new ProtocolException(ProtocolException.Kind.LIMIT, 431,
				"The header is larger than " + this.services.limits().maxHeaderSize() + " bytes"), false);
	}

	/**
	 * Content has come.
	 * @param stream its stream
	 * @param data the bytes, which stay the codec's
	 * @param padding how many bytes of padding came with it
	 * @param ended whether the stream ended with it
	 * @return how many bytes nobody will ask for
	 * @throws Http2Exception where it is malformed
	 */
	int data(Http2Stream stream, ByteBuf data, int padding, boolean ended) throws Http2Exception {
		RequestStream receiver = stream.getProperty(this.key);
		if (receiver == null) {
			return data.readableBytes() + padding;
		}
		try {
			return receiver.received(data, padding, ended);
		}
		catch (MalformedMessageException ex) {
			throw malformed(stream, ex);
		}
	}

	/**
	 * The client has reset a stream.
	 * @param stream the stream
	 */
	void reset(Http2Stream stream) {
		RequestStream cut = stream.getProperty(this.key);
		if (cut != null && cut.exchange() != null) {
			this.services.observer().clientAborted();
			cut.aborted("The client has reset the stream");
		}
	}

	/**
	 * A stream is closed, by whichever side.
	 * @param stream the stream
	 */
	void closed(Http2Stream stream) {
		RequestStream ended = stream.removeProperty(this.key);
		if (ended == null) {
			return;
		}
		ended.aborted("The client has closed the connection");
		if (--this.open == 0) {
			this.since = this.meter.clock();
			this.latest = null;
			this.closing.idle();
		}
		this.tally.ended(this.open > 0);
	}

	void writabilityChanged(Http2Stream stream, boolean writable) {
		RequestStream told = stream.getProperty(this.key);
		if (told != null) {
			told.writabilityChanged(writable);
		}
	}

	/**
	 * The client does not keep to the protocol in one stream.
	 * @param id its number
	 * @param error what is told
	 * @throws Http2Exception where that comes too often
	 */
	void streamError(int id, Http2Error error) throws Http2Exception {
		countError(kind(error));
		if (this.guard.isResetTooMuch()) {
			throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "Too many streams have to be reset");
		}
		resetStream(id, error);
	}

	/**
	 * What counters call an error.
	 * @param error the error
	 * @return the kind
	 */
	static ProtocolException.Kind kind(Http2Error error) {
		return switch (error) {
			case FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR -> ProtocolException.Kind.FRAMING;
			case ENHANCE_YOUR_CALM -> ProtocolException.Kind.FLOOD;
			case REFUSED_STREAM -> ProtocolException.Kind.LIMIT;
			default -> ProtocolException.Kind.SYNTAX;
		};
	}

	void countError(ProtocolException.Kind kind) {
		this.services.observer().protocolError(kind.id());
	}

	// What streams need

	void writeHead(int id, ResponseHead head, long contentLength, boolean ended) {
		this.output.writeHead(id, head, contentLength, ended);
	}

	void writeContinue(int id) {
		this.output.writeContinue(id);
	}

	void writeTrailers(int id, HttpHeaders trailers) {
		this.output.writeTrailers(id, trailers);
	}

	void writeData(int id, ByteBuf data, boolean ended) {
		if (data.isReadable()) {
			this.guard.content();
		}
		this.output.writeData(id, data, ended);
	}

	int maxFrameSize() {
		return this.output.maxFrameSize();
	}

	void enqueue(Http2Stream stream, ResponsePart part) {
		this.output.enqueue(stream, part);
	}

	void flushSoon() {
		this.output.flushSoon();
	}

	void returnBytes(Http2Stream stream, int bytes) {
		this.output.returnBytes(stream, bytes);
	}

	void closeLocalSide(Http2Stream stream) {
		this.output.closeLocalSide(stream);
	}

	void resetStream(int id, Http2Error error) {
		this.dropped.add(id);
		this.output.resetStream(id, error);
	}

	SessionOutput output() {
		return this.output;
	}

	SessionClosing closing() {
		return this.closing;
	}

	SessionTimers timers() {
		return this.closing.timers();
	}

	StreamAnswers answers() {
		return this.answers;
	}

	RequestFields fields() {
		return this.fields;
	}

	FloodGuard guard() {
		return this.guard;
	}

	DroppedStreams dropped() {
		return this.dropped;
	}

	ConnectionServices services() {
		return this.services;
	}

	LoopMeter meter() {
		return this.meter;
	}

	SocketInfo info() {
		return this.inherited.info();
	}

	ByteBufAllocator allocator() {
		return this.channel.alloc();
	}

	/**
	 * How much of a body a client may send that nobody asks for.
	 * @return bytes
	 */
	int initialWindowSize() {
		return this.initialWindowSize;
	}

	boolean isGoingAway() {
		return this.closing.isGoingAway();
	}

	/**
	 * Whether requests are under way.
	 * @return whether a stream is open
	 */
	boolean isBusy() {
		return this.open > 0;
	}

	/**
	 * Look which deadlines of streams have passed.
	 * @param now the time
	 * @return when to look again, 0 for never
	 */
	long look(long now) {
		for (RequestStream stream : this.output.streams(this.key)) {
			stream.deadlines().look(now, stream::expired);
		}
		long next = 0;
		for (RequestStream stream : this.output.streams(this.key)) {
			next = StreamDeadlines.earlier(next, stream.deadlines().next());
		}
		return next;
	}

	/**
	 * Cut all streams.
	 * @param why what their applications are told
	 */
	void abortAll(String why) {
		this.output.streams(this.key).forEach((stream) -> stream.aborted(why));
	}

	/** Let go the streams that have their responses. */
	void abandonAll() {
		this.output.streams(this.key).forEach(RequestStream::abandon);
	}

	/**
	 * Cut the streams whose requests are not whole: nothing will come any more.
	 */
	void abortUnfinished() {
		for (RequestStream stream : this.output.streams(this.key)) {
			if (!stream.isRequestEnded()) {
				stream.reset(Http2Error.CANCEL, "The client has closed the connection");
			}
		}
	}

	// What the engine asks

	@Override
	public EventExecutor executor() {
		return this.channel.eventLoop();
	}

	@Override
	public ConnectionCounts counts() {
		return this.inherited.counts();
	}

	@Override
	public void drain() {
		this.closing.drain();
	}

	@Override
	public void closeNow() {
		executor().execute(() -> this.closing.close("The server has stopped"));
	}

	@Override
	public ConnectionSnapshot read() {
		RequestHead head = this.latest;
		ConnectionCounts counts = counts();
		return new ConnectionSnapshot(info().id(), info().remoteAddress(), ProtocolVersion.HTTP_2.text(), state(),
				Instant.ofEpochMilli(counts.openedAt()), counts.requests(), counts.received(), counts.sent(),
				(head != null) ? head.method() : null, (head != null) ? head.target().path() : null,
				Duration.ofNanos(Math.max(0, System.nanoTime() - this.since)));
	}

	private String state() {
		if (this.closing.isEnded()) {
			return "closing";
		}
		return (this.open > 0) ? "handling" : "idle";
	}

}
