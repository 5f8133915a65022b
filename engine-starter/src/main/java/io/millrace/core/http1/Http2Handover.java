package io.millrace.core.http1;

import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLSession;

import io.millrace.core.connection.ConnectionLife;
import io.millrace.core.connection.HandedOver;
import io.millrace.core.connection.ReceivedFields;
import io.millrace.core.http.BodyFraming;
import io.millrace.core.http.ProtocolVersion;
import io.millrace.core.http.RequestHead;
import io.millrace.core.http2.Http2Services;
import io.millrace.core.http2.Http2Takeover;
import io.millrace.core.http2.UpgradeSettings;
import io.millrace.core.http2.UpgradedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Has a connection go on with HTTP/2: because the TLS handshake has said so, the client
 * has begun with it, or a request has asked for it. There is one only where the server
 * speaks HTTP/2. Owned by the event loop.
 */
final class Http2Handover {

	private static final AsciiString SETTINGS = AsciiString.cached("HTTP2-Settings");

	private static final String PROTOCOL = "h2c";

	private final Http2Services services;

	private final Channel channel;

	private final ConnectionLife life;

	private final boolean encrypted;

	/**
	 * Create the handover of one connection.
	 * @param services what all HTTP/2 connections share
	 * @param channel the socket
	 * @param life tells the observers of the connection
	 * @param encrypted whether handlers before this one speak TLS
	 */
	Http2Handover(Http2Services services, Channel channel, ConnectionLife life, boolean encrypted) {
		this.services = services;
		this.channel = channel;
		this.life = life;
		this.encrypted = encrypted;
	}

	/**
	 * The request that asks for HTTP/2 (RFC 7540 §3.2). One that has a body goes on in
	 * HTTP/1.1: it would have to be kept whole first.
	 * @param head the head of a request
	 * @return what is to be answered in HTTP/2, {@code null} to go on
	 */
	@Nullable UpgradedRequest asked(RequestHead head) {
		HttpHeaders headers = head.headers();
		if (this.encrypted || head.version() != ProtocolVersion.HTTP_1_1 || head.framing().hasBody()
				|| !headers.contains(SETTINGS)) {
			return null;
		}
		List<String> settings = headers.getAll(SETTINGS);
		if (settings.size() != 1 || !headers.containsValue(HttpHeaderNames.UPGRADE, PROTOCOL, true)
				|| !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, true)
				|| !headers.containsValue(HttpHeaderNames.CONNECTION, SETTINGS, true)) {
			return null;
		}
		byte[] payload = UpgradeSettings.decode(settings.get(0));
		return (payload != null) ? new UpgradedRequest(inHttp2(head), payload) : null;
	}

	private static RequestHead inHttp2(RequestHead head) {
		ReceivedFields fields = (ReceivedFields) head.headers();
		CharSequence[] kept = new CharSequence[fields.length()];
		int count = 0;
		for (int i = 0; i < fields.length(); i += 2) {
			AsciiString name = (AsciiString) Objects.requireNonNull(fields.at(i));
			if (!name.contentEqualsIgnoreCase(SETTINGS) && !name.contentEqualsIgnoreCase(HttpHeaderNames.UPGRADE)
					&& !name.contentEqualsIgnoreCase(HttpHeaderNames.CONNECTION)) {
				kept[count++] = name;
				kept[count++] = Objects.requireNonNull(fields.at(i + 1));
			}
		}
		return new RequestHead(head.method(), head.target(), ProtocolVersion.HTTP_2, ReceivedFields.of(kept, count),
				BodyFraming.NONE);
	}

	/**
	 * Hand the connection over, which has nothing under way.
	 * @param connection the connection
	 * @param request the request that has asked for it, {@code null} where none has
	 * @param rest what has come behind that, released here
	 */
	void handOver(Http1Connection connection, @Nullable UpgradedRequest request, @Nullable ByteBuf rest) {
		ChannelHandlerContext context = this.channel.pipeline().context(Http1Handler.class);
		if (this.encrypted && this.channel.pipeline().get(ChunkedWriteHandler.class) != null) {
			// HTTP/2 cuts files into frames itself.
			this.channel.pipeline().remove(ChunkedWriteHandler.class);
		}
		SSLSession session = connection.info().sslSession();
		HandedOver handed = new HandedOver(connection, this.life, connection.counts(), connection.info(),
				this.encrypted);
		try {
			Http2Takeover.takeOver(context, this.services, handed, request,
					session != null && Http2Ciphers.isProhibited(session));
		}
		catch (Http2Exception ex) {
			throw new IllegalStateException("The settings were right before", ex);
		}
		if (rest != null) {
			Http2Takeover.receive(context.pipeline(), rest);
		}
	}

}
