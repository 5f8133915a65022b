package io.millrace.core.transport;

import io.millrace.core.http1.Http1Handler;
import io.millrace.core.http1.Http1Services;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/**
 * Puts together the pipeline of a new connection: nothing but the connection itself.
 */
final class ConnectionInitializer extends ChannelInitializer<Channel> {

	private final Http1Services services;

	ConnectionInitializer(Http1Services services) {
		this.services = services;
	}

	@Override
	protected void initChannel(Channel channel) {
		channel.pipeline().addLast(new Http1Handler(this.services, channel));
	}

}
