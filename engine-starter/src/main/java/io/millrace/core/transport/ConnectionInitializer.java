package io.millrace.core.transport;

import io.millrace.core.http1.Http1Handler;
import io.millrace.core.http1.Http1Services;
import io.millrace.core.http1.PrefaceGate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Puts together the pipeline of a new connection: TLS where the socket speaks it, and the
 * connection itself.
 */
final class ConnectionInitializer extends ChannelInitializer<Channel> {

	private final Http1Services services;

	private final @Nullable TlsPipeline tls;

	ConnectionInitializer(Http1Services services, @Nullable TlsOptions tls) {
		this.services = services;
		this.tls = (tls != null) ? new TlsPipeline(tls) : null;
	}

	@Override
	protected void initChannel(Channel channel) {
		if (this.tls != null) {
			this.tls.addTo(channel);
		}
		Http1Handler handler = new Http1Handler(this.services, channel, this.tls != null);
		if (this.tls == null && this.services.http2() != null) {
			channel.pipeline().addLast(new PrefaceGate(handler));
		}
		channel.pipeline().addLast(handler);
	}

}
