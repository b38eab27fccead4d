/*
 * peer_lemon - LEMON's NetworkSimplex on a finished matrix, for bench/run.
 *
 * peer_lemon max|min FILE. FILE holds int32 rows, int32 columns, then the weights row by
 * row. max: each row and column at most once, weights of 0 are no pairs. min: a perfect
 * assignment of least cost. Prints `seconds=` of the solver's run alone (neither reading
 * nor building the graph is charged to it) and the optimum as `total=`.
 */
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

typedef lemon::SmartDigraph Graph;
typedef lemon::NetworkSimplex<Graph, int, int64_t> Simplex;

static bool read_matrix(const char *path, int32_t size[2], std::vector<int32_t> *weight)
{
	FILE *f = std::fopen(path, "rb");
	if (!f)
		return false;
	bool ok = std::fread(size, sizeof *size, 2, f) == 2 && size[0] > 0 && size[1] > 0;
	if (ok) {
		weight->resize(static_cast<size_t>(size[0]) * static_cast<size_t>(size[1]));
		ok = std::fread(weight->data(), sizeof(int32_t), weight->size(), f) == weight->size();
	}
	std::fclose(f);
	return ok;
}

int main(int argc, char **argv)
{
	int32_t size[2];
	std::vector<int32_t> weight;
	if (argc != 3 || !read_matrix(argv[2], size, &weight)) {
		std::fprintf(stderr, "usage: peer_lemon max|min FILE\n");
		return 2;
	}
	const bool max = !std::strcmp(argv[1], "max");
	const int rows = size[0], columns = size[1];

	Graph g;
	std::vector<int64_t> cost;
	g.reserveNode(rows + columns + 1);
	for (int i = 0; i < rows + columns; i++)
		g.addNode();
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < columns; j++) {
			int32_t w = weight[static_cast<size_t>(i) * static_cast<size_t>(columns) +
					   static_cast<size_t>(j)];
			if (max && w <= 0)
				continue;
			g.addArc(g.nodeFromId(i), g.nodeFromId(rows + j));
			cost.push_back(max ? -static_cast<int64_t>(w) : w);
		}
	std::vector<int32_t>().swap(weight);
	if (max) {
		/* Whoever stays alone goes by way of nobody. */
		Graph::Node nobody = g.addNode();
		for (int i = 0; i < rows; i++)
			g.addArc(g.nodeFromId(i), nobody);
		for (int j = 0; j < columns; j++)
			g.addArc(nobody, g.nodeFromId(rows + j));
		cost.resize(cost.size() + static_cast<size_t>(rows + columns), 0);
	}
	Graph::ArcMap<int64_t> costs(g);
	Graph::NodeMap<int> supply(g, columns - rows);
	for (int i = 0; i < rows; i++)
		supply[g.nodeFromId(i)] = 1;
	for (int j = 0; j < columns; j++)
		supply[g.nodeFromId(rows + j)] = -1;
	for (Graph::ArcIt a(g); a != lemon::INVALID; ++a)
		costs[a] = cost[static_cast<size_t>(g.id(a))];
	std::vector<int64_t>().swap(cost);

	Simplex simplex(g);
	simplex.costMap(costs).supplyMap(supply);
	auto began = std::chrono::steady_clock::now();
	Simplex::ProblemType end = simplex.run();
	std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
	if (end != Simplex::OPTIMAL) {
		std::fprintf(stderr, "peer_lemon: no optimum\n");
		return 1;
	}
	long long total = simplex.totalCost<int64_t>();
	std::printf("seconds=%.6f\ntotal=%lld\n", took.count(), max ? -total : total);
	return 0;
}
