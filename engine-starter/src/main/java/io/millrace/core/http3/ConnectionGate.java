package io.millrace.core.http3;

import java.net.InetSocketAddress;

import io.netty.channel.Channel;

/**
 * Decides whether a connection may stay whose client has shown that its address is its
 * own. Called by event loops.
 */
@FunctionalInterface
public interface ConnectionGate {

	/**
	 * Let a connection in, until it is closed.
	 * @param connection the connection
	 * @param client the address of its client
	 * @return {@code false} to have it closed
	 */
	boolean enter(Channel connection, InetSocketAddress client);

}
