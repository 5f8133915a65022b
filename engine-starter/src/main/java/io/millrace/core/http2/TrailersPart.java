package io.millrace.core.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * The trailers of a response, behind its content.
 */
final class TrailersPart extends ResponsePart {

	private final HttpHeaders trailers;

	/**
	 * Create a part.
	 * @param stream whose part it is
	 * @param trailers the fields
	 */
	TrailersPart(RequestStream stream, HttpHeaders trailers) {
		super(stream, true);
		this.trailers = trailers;
	}

	@Override
	public int size() {
		return 0;
	}

	@Override
	void send(ChannelHandlerContext context, int allowedBytes) {
		stream().writeTrailers(this.trailers);
	}

	@Override
	void release() {
		// nothing is held
	}

}
