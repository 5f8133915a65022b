package io.millrace.demo.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Stands in for a copy: each time it is asked, it has answered 100 requests more, 98 in 2
 * ms and 2 with an error in 30 ms, and used 5 ms of CPU time.
 */
final class Metered implements AutoCloseable {

	private final HttpServer server;

	private int asked;

	Metered(int port) throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
		this.server.createContext("/actuator/prometheus", this::answer);
		this.server.start();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	private void answer(HttpExchange exchange) throws IOException {
		int n = ++this.asked;
		byte[] meters = """
				# TYPE http_server_requests_seconds histogram
				http_server_requests_seconds_bucket{method="GET",status="200",uri="/{a\\"b}",le="0.001"} 0
				http_server_requests_seconds_bucket{method="GET",status="200",uri="/{a\\"b}",le="0.003"} %1$d
				http_server_requests_seconds_bucket{method="GET",status="200",uri="/{a\\"b}",le="0.05"} %1$d
				http_server_requests_seconds_bucket{method="GET",status="200",uri="/{a\\"b}",le="+Inf"} %1$d
				http_server_requests_seconds_count{method="GET",status="200",uri="/{a\\"b}"} %1$d
				http_server_requests_seconds_sum{method="GET",status="200",uri="/{a\\"b}"} %2$s
				http_server_requests_seconds_bucket{method="GET",status="500",uri="/",le="0.001"} 0
				http_server_requests_seconds_bucket{method="GET",status="500",uri="/",le="0.003"} 0
				http_server_requests_seconds_bucket{method="GET",status="500",uri="/",le="0.05"} %3$d
				http_server_requests_seconds_bucket{method="GET",status="500",uri="/",le="+Inf"} %3$d
				http_server_requests_seconds_count{method="GET",status="500",uri="/"} %3$d
				http_server_requests_seconds_sum{method="GET",status="500",uri="/"} %4$s
				http_server_requests_seconds_count{method="GET",status="200",uri="/actuator/prometheus"} %5$d
				http_server_requests_seconds_sum{method="GET",status="200",uri="/actuator/prometheus"} %5$d
				http_server_requests_seconds_max{method="GET",status="500",uri="/"} 0.03
				http_server_requests_seconds_max{method="GET",status="200",uri="/actuator/prometheus"} 9
				process_cpu_time_ns_total %6$s
				jvm_memory_used_bytes{area="heap",id="Eden"} 1.048576E8
				jvm_memory_used_bytes{area="heap",id="Old"} 1048576.0
				jvm_memory_used_bytes{area="nonheap",id="Code"} 1.0E9
				jvm_threads_live_threads 42.0
				tomcat_connections_current_connections{name="http-nio-1"} 17.0
				""".formatted(98 * n, 0.002 * 98 * n, 2 * n, 0.03 * 2 * n, n, 5e6 * n).getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
		exchange.getResponseHeaders().set("Connection", "close");
		exchange.sendResponseHeaders(200, meters.length);
		exchange.getResponseBody().write(meters);
		exchange.close();
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

}
