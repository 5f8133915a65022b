package io.millrace.boot.autoconfigure.explain;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.millrace.core.EngineConfig;
import io.millrace.core.http.DispatchOptions;
import io.millrace.core.http1.Http1Options;
import io.millrace.core.transport.DescriptorLimit;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.Transport;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.QueueOptions;
import io.millrace.core.worker.QueueOrder;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.mock.env.MockEnvironment;

/**
 * A situation in which there is nothing to advise about, until a test changes it.
 */
final class TestSituation {

	final MockEnvironment environment = new MockEnvironment();

	final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

	final EngineConfig.Builder config = EngineConfig.builder();

	private Transport transport = Transport.EPOLL;

	private int eventLoops = 4;

	private boolean reactive;

	private int processors = 4;

	private Jvm jvm = new Jvm(25, 4L << 30, 4L << 30, 1 << 20);

	private DescriptorLimit descriptors = new DescriptorLimit(1_000_000, 50);

	private Path root = Path.of("/nothing/here");

	TestSituation() {
		maxWait(Duration.ofSeconds(2)).requestTimeout(Duration.ofSeconds(20)).maxBodySize(1 << 20);
	}

	TestSituation set(String property, Object value) {
		this.environment.setProperty(property, value.toString());
		return this;
	}

	TestSituation configure(Consumer<EngineConfig.Builder> change) {
		change.accept(this.config);
		return this;
	}

	TestSituation transport(Transport transport) {
		this.transport = transport;
		return this;
	}

	TestSituation eventLoops(int eventLoops) {
		this.eventLoops = eventLoops;
		return this;
	}

	TestSituation reactive() {
		this.reactive = true;
		return this;
	}

	TestSituation processors(int processors) {
		this.processors = processors;
		return this;
	}

	TestSituation java(int version) {
		return jvm(new Jvm(version, this.jvm.maxHeap(), this.jvm.maxDirect(), this.jvm.threadStack()));
	}

	TestSituation jvm(Jvm jvm) {
		this.jvm = jvm;
		return this;
	}

	TestSituation descriptors(long allowed) {
		this.descriptors = new DescriptorLimit(allowed, 50);
		return this;
	}

	TestSituation root(Path root) {
		this.root = root;
		return this;
	}

	TestSituation worker(WorkerMode mode, int maxThreads, int maxConcurrency) {
		WorkerOptions current = this.config.build().worker();
		this.config.worker(new WorkerOptions(mode, maxThreads, Math.min(10, maxThreads), current.keepAlive(),
				maxConcurrency, current.queue(), current.reserved()));
		return this;
	}

	TestSituation reserved(int reserved) {
		WorkerOptions current = this.config.build().worker();
		this.config.worker(new WorkerOptions(current.mode(), current.maxThreads(), current.minThreads(),
				current.keepAlive(), current.maxConcurrency(), current.queue(), reserved));
		return this;
	}

	TestSituation maxWait(Duration maxWait) {
		return queue(this.config.build().worker().queueCapacity(), maxWait);
	}

	TestSituation queue(int capacity, Duration maxWait) {
		WorkerOptions current = this.config.build().worker();
		this.config.worker(new WorkerOptions(current.mode(), current.maxThreads(), current.minThreads(),
				current.keepAlive(), current.maxConcurrency(),
				new QueueOptions(capacity, QueueOrder.FIFO, maxWait, false), current.reserved()));
		return this;
	}

	TestSituation requestTimeout(Duration timeout) {
		DispatchOptions current = this.config.build().dispatch();
		this.config.dispatch(new DispatchOptions(current.maxWait(), timeout, current.timeoutStatus(),
				current.refusalStatus(), current.retryAfter(), current.interruptOnDisconnect()));
		return this;
	}

	TestSituation http1(int maxHeaderSize, long maxBodySize, int maxRequests) {
		Http1Options current = this.config.build().http1();
		this.config.http1(new Http1Options(current.maxRequestLineSize(), maxHeaderSize, current.maxHeaderCount(),
				maxBodySize, current.maxDrainSize(), maxRequests, current.serverHeader()));
		return this;
	}

	TestSituation maxBodySize(long size) {
		return http1(8192, size, 0);
	}

	TestSituation listener(int backlog, int maxConnections, int perIp, String... proxies) {
		this.config.listener(
				new ListenerOptions(new InetSocketAddress(0), backlog, false, maxConnections, perIp, List.of(proxies)));
		return this;
	}

	Situation build() {
		return new Situation(this.environment, this.config.build(),
				new Running(this.transport, this.eventLoops, this.config.build().worker()), this.reactive,
				new Machine(this.processors, this.jvm, this.descriptors, new LinuxLimits(this.root)), this.beans);
	}

	List<Advice> ask(Advisor advisor) {
		List<Advice> advice = new ArrayList<>();
		advisor.advise(build(), advice::add);
		return advice;
	}

	List<String> ids(Advisor advisor) {
		return ask(advisor).stream().map(Advice::id).toList();
	}

}
