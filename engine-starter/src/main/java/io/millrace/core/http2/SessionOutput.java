package io.millrace.core.http2;

import java.util.ArrayList;
import java.util.List;

import io.millrace.core.connection.ResponseFields;
import io.millrace.core.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What a connection writes, which leaves together at the end of the loop's turn. For the
 * event loop only.
 */
final class SessionOutput {

	private final ResponseFields responseFields;

	private final EventExecutor loop;

	private final EncodedFields encoded = new EncodedFields();

	// Set before anything is written.
	private @Nullable Http2Handler handler;

	private boolean flushScheduled;

	/**
	 * Create the output.
	 * @param responseFields makes field sections
	 * @param loop the event loop
	 */
	SessionOutput(ResponseFields responseFields, EventExecutor loop) {
		this.responseFields = responseFields;
		this.loop = loop;
	}

	void attach(Http2Handler to) {
		this.handler = to;
	}

	private Http2Handler handler() {
		Http2Handler attached = this.handler;
		if (attached == null) {
			throw new IllegalStateException("The connection is not there yet");
		}
		return attached;
	}

	private ChannelHandlerContext context() {
		return handler().context();
	}

	void writeHead(int id, ResponseHead head, long contentLength, boolean ended) {
		this.responseFields.write(head, contentLength, this.encoded.begin());
		// The stream is closed by whoever knows what else is to be done then.
		handler().writer()
			.writeHeaders(context(), id, this.encoded, 0, ended, context().newPromise())
			.addListener(handler().encoding());
		Http2Stream stream = handler().connection().stream(id);
		if (stream != null) {
			stream.headersSent(false);
		}
	}

	void writeContinue(int id) {
		ResponseFields.writeStatus(100, this.encoded.begin());
		handler().writer()
			.writeHeaders(context(), id, this.encoded, 0, false, context().newPromise())
			.addListener(handler().encoding());
		flushSoon();
	}

	void writeTrailers(int id, HttpHeaders trailers) {
		this.responseFields.writeTrailers(trailers, this.encoded.begin());
		handler().writer()
			.writeHeaders(context(), id, this.encoded, 0, true, context().newPromise())
			.addListener(handler().encoding());
	}

	void writeData(int id, ByteBuf data, boolean ended) {
		handler().writer().writeData(context(), id, data, ended);
	}

	int maxFrameSize() {
		return handler().writer().maxFrameSize();
	}

	void enqueue(Http2Stream stream, ResponsePart part) {
		handler().encoder().flowController().addFlowControlled(stream, part);
	}

	boolean isWritable(Http2Stream stream) {
		return handler().encoder().flowController().isWritable(stream);
	}

	/** Send what was written at the end of the loop's turn. */
	void flushSoon() {
		if (!this.flushScheduled && !handler().isReading()) {
			this.flushScheduled = true;
			this.loop.execute(this::flush);
		}
	}

	private void flush() {
		this.flushScheduled = false;
		handler().flush(context());
	}

	/**
	 * Let the client send as much again.
	 * @param stream the stream
	 * @param bytes how many bytes were taken
	 */
	void returnBytes(Http2Stream stream, int bytes) {
		try {
			if (bytes > 0 && handler().decoder().flowController().consumeBytes(stream, bytes)) {
				flushSoon();
			}
		}
		catch (Http2Exception ex) {
			handler().onError(context(), true, ex);
		}
	}

	void closeLocalSide(Http2Stream stream) {
		handler().closeStreamLocal(stream, context().newSucceededFuture());
	}

	void resetStream(int id, Http2Error error) {
		handler().resetStream(context(), id, error.code(), context().newPromise());
		flushSoon();
	}

	/**
	 * The open streams.
	 * @param key what they are kept under
	 * @return those that have a request, in a list of their own
	 */
	List<RequestStream> streams(Http2Connection.PropertyKey key) {
		List<RequestStream> streams = new ArrayList<>();
		try {
			handler().connection().forEachActiveStream((stream) -> {
				RequestStream request = stream.getProperty(key);
				if (request != null) {
					streams.add(request);
				}
				return true;
			});
		}
		catch (Http2Exception ex) {
			throw new IllegalStateException(ex);
		}
		return streams;
	}

}
