package io.millrace.core.connection;

import java.util.LinkedHashMap;
import java.util.Map;

import io.millrace.core.http.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseFieldsTests {

	private final ResponseFields fields = new ResponseFields("millrace");

	private final Map<String, String> written = new LinkedHashMap<>();

	private final ResponseHead head = new ResponseHead();

	@Test
	void statusStandsFirstAndNamesAreInLowerCase() {
		this.head.status(201);
		this.head.headers().set("Content-Type", "text/plain").set("X-OWN", "a ");
		write(7);
		assertThat(this.written.keySet()).containsExactly(":status", "content-type", "x-own", "content-length", "date",
				"server");
		assertThat(this.written).containsEntry(":status", "201")
			.containsEntry("x-own", "a")
			.containsEntry("content-length", "7")
			.containsEntry("server", "millrace");
	}

	@Test
	void whatTheApplicationHasSetStays() {
		this.head.headers().set("Date", "then").set("Server", "own");
		write(-1);
		assertThat(this.written).containsEntry("date", "then").containsEntry("server", "own").hasSize(3);
	}

	@Test
	void nothingIsSaidAboutConnections() {
		this.head.headers()
			.set("Connection", "close")
			.set("Keep-Alive", "1")
			.set("Proxy-Connection", "close")
			.set("Transfer-Encoding", "chunked")
			.set("Upgrade", "h2c")
			.set("Content-Length", "99");
		write(-1);
		assertThat(this.written).containsOnlyKeys(":status", "date", "server");
	}

	@Test
	void aTrailerThatIsNoneIsLeftOut() {
		HttpHeaders trailers = new DefaultHttpHeaders(false).set("Grpc-Status", "0")
			.set("Content-Length", "1")
			.set("x", "a\nb")
			.set("a b", "c");
		this.fields.writeTrailers(trailers, this::take);
		assertThat(this.written).containsOnly(Map.entry("grpc-status", "0"));
	}

	private void write(long contentLength) {
		this.fields.write(this.head, contentLength, this::take);
	}

	private void take(CharSequence name, CharSequence value) {
		this.written.put(name.toString(), value.toString());
	}

}
