package io.millrace.core.http3;

import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.http3.Http3SettingsFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.codec.quic.QuicTokenHandler;

/**
 * Makes connections of the datagrams that come to the UDP sockets of a port, and puts
 * together the pipeline of each.
 */
public final class QuicCodec {

	// RFC 9204 §3.2.2: what a field takes besides its name and value.
	private static final int FIELD_OVERHEAD = 32;

	// How many addresses a client may have had before an older one is forgotten, and how
	// many ids it may give us for them.
	private static final int PATHS = 8;

	private final Http3Services services;

	private final Function<QuicChannel, ? extends QuicSslEngine> engines;

	private final QuicTokenHandler tokens;

	private final Http3SettingsFrame settings;

	/**
	 * Create a codec, one for all sockets of a port.
	 * @param services what all connections share
	 * @param engines makes the TLS of a new connection
	 */
	public QuicCodec(Http3Services services, Function<QuicChannel, ? extends QuicSslEngine> engines) {
		this.services = services;
		this.engines = engines;
		Handshakes handshakes = services.handshakes();
		this.tokens = services.options().retry() ? new AddressTokens(() -> true, Clock.systemUTC())
				: new AddressTokens(handshakes::isCrowded, Clock.systemUTC());
		this.settings = settings(services);
	}

	// Netty ends the connection where a section is larger. What is too large for us only
	// should get its 431 (RFC 9114 §4.2.2), so twice as much is said.
	private static Http3SettingsFrame settings(Http3Services services) {
		long size = services.shared().limits().maxHeaderSize();
		long fields = services.shared().limits().maxHeaderCount();
		return new DefaultHttp3SettingsFrame(
				new Http3Settings().maxFieldSectionSize(2 * (size + (fields + 4) * FIELD_OVERHEAD)));
	}

	/**
	 * Make the handler of one socket.
	 * @param idLength how long the connection ids are that it gives
	 * @param ids makes them
	 * @return the handler, for the end of its pipeline
	 */
	public ChannelHandler newHandler(int idLength, QuicConnectionIdGenerator ids) {
		Http3Options options = this.services.options();
		QuicServerCodecBuilder builder = Http3.newQuicServerCodecBuilder()
			.sslEngineProvider(this.engines)
			.tokenHandler(this.tokens)
			.localConnectionIdLength(idLength)
			.connectionIdAddressGenerator(ids)
			.maxIdleTimeout(options.idle().toMillis(), TimeUnit.MILLISECONDS)
			.initialMaxData(options.connectionWindow())
			.initialMaxStreamDataBidirectionalRemote(options.streamWindow())
			.initialMaxStreamsBidirectional(options.maxConcurrentStreams())
			.activeMigration(true)
			.activeConnectionIdLimit(PATHS)
			.handler(new Initializer());
		return builder.build();
	}

	/** Puts together the pipeline of a new connection. */
	private final class Initializer extends ChannelInitializer<QuicChannel> {

		@Override
		protected void initChannel(QuicChannel channel) {
			Http3Handler handler = new Http3Handler(QuicCodec.this.services, channel);
			channel.pipeline()
				.addLast(handler)
				// Without a dynamic table a client cannot make us keep anything of its
				// header, nor wait for what comes on another stream.
				.addLast(new Http3ServerConnectionHandler(handler.newRequestInitializer(), handler.newErrorHandler(),
						null, QuicCodec.this.settings, true))
				.addLast(handler.newStreamHandler());
		}

	}

}
