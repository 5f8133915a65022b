package io.millrace.boot.autoconfigure;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import okhttp3.Response;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What a client has received, of the JDK's client or of OkHttp's.
 */
final class WebSocketMessages extends WebSocketListener implements WebSocket.Listener {

	private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

	private final StringBuilder text = new StringBuilder();

	String next() throws InterruptedException {
		String message = this.received.poll(30, TimeUnit.SECONDS);
		if (message == null) {
			throw new IllegalStateException("Nothing has come");
		}
		return message;
	}

	@Override
	public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
		this.text.append(data);
		if (last) {
			this.received.add(this.text.toString());
			this.text.setLength(0);
		}
		socket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
		this.received.add("binary " + data.remaining());
		socket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
		this.received.add("pong " + message.remaining());
		socket.request(1);
		return null;
	}

	@Override
	public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
		this.received.add("closed " + code + " " + reason);
		return null;
	}

	@Override
	public void onError(WebSocket socket, Throwable error) {
		this.received.add("failed " + error);
	}

	@Override
	public void onMessage(okhttp3.WebSocket socket, String message) {
		this.received.add(message);
	}

	@Override
	public void onMessage(okhttp3.WebSocket socket, ByteString bytes) {
		this.received.add("binary " + bytes.size());
	}

	@Override
	public void onClosing(okhttp3.WebSocket socket, int code, String reason) {
		this.received.add("closed " + code + " " + reason);
		socket.close(1000, null);
	}

	@Override
	public void onFailure(okhttp3.WebSocket socket, Throwable failure, @Nullable Response response) {
		this.received.add("failed " + failure);
	}

}
