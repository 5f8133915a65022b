package io.millrace.core.http3;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Stands between a client and a server as a NAT does, and can change its mind about the
 * port that the server sees.
 */
public final class UdpRelay implements AutoCloseable {

	private final InetSocketAddress server;

	private final DatagramSocket front;

	private volatile DatagramSocket back;

	private volatile InetSocketAddress client;

	public UdpRelay(InetSocketAddress server) throws IOException {
		this.server = server;
		this.front = socket();
		this.back = socket();
		start(this::toServer);
		start(() -> toClient(this.back));
	}

	private static DatagramSocket socket() throws IOException {
		return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "udp-relay");
		thread.setDaemon(true);
		thread.start();
	}

	public InetSocketAddress address() {
		return (InetSocketAddress) this.front.getLocalSocketAddress();
	}

	/** The port that the server sees. */
	public int port() {
		return this.back.getLocalPort();
	}

	/** From now on what the client sends comes from elsewhere. */
	public void rebind() throws IOException {
		DatagramSocket before = this.back;
		DatagramSocket after = socket();
		start(() -> toClient(after));
		this.back = after;
		before.close();
	}

	private void toServer() {
		byte[] bytes = new byte[2048];
		while (!this.front.isClosed()) {
			try {
				DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
				this.front.receive(packet);
				this.client = (InetSocketAddress) packet.getSocketAddress();
				this.back.send(new DatagramPacket(bytes, packet.getLength(), this.server));
			}
			catch (IOException ex) {
				// The client sends it again.
			}
		}
	}

	private void toClient(DatagramSocket from) {
		byte[] bytes = new byte[2048];
		while (!from.isClosed()) {
			try {
				DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
				from.receive(packet);
				this.front.send(new DatagramPacket(bytes, packet.getLength(), this.client));
			}
			catch (IOException ex) {
				// The server sends it again.
			}
		}
	}

	@Override
	public void close() {
		this.front.close();
		this.back.close();
	}

}
